"""Find and rank: the pool of creator profiles, its import, the scores and the longlist. Knows no database but `record`.

Begin with `service`, the public face. Where what is:

    files come in      importers, over formats unpacked headers quotes readers jsonpaths sqltext columns · tabular
                       workbooks webtables encodings (what is no UTF-8 CSV) · foreign (what is no table) · presets (how
                       a file is read) · cleaning accounts provenance minors details quantities dates shares sightings
                       slices (what values may be) · refusals (what did not go in) · merging gathering holders disputes
                       (several sightings of one account) · returning (who was erased stays out) · progress workshop ·
                       customers customers_listed (own ones, as hashes)
    profiles fetched   fetching (YouTube, Instagram, Bluesky, TikTok, Modash) into files that the import takes
    the pool on disk   pool profiles (reading), over segments cutting stored rows wordindex words meaning meanings
                       norms · versions deriving indexing wordcounts wordloops wordorder signals lexicon (writing) ·
                       compaction sealing arrays · repair upkeep (damage) · forgetting (single profiles) · terms
                       (ages, and whose time is over)
    several machines stores (where it lies) · publishing (to there) · shards (from there, each for a worker)
    a longlist         longlist, over steps part survivors (a pool asked in parts) · filters (hard limits) · factors
                       fit (nine factors, one number) · contenders choosing objections people variety (who gets a
                       place) · evidence reasons (why) · known (what the record hands in)
    one person         identity (which accounts on record may be one person's), over identity_signs (what speaks for it)
    questions          explaining comparing likeness ranking
    learning           learning (from reviewers) · followers (from samples of followers)
    what people see    report, over webpage page workbook charts tables links glossary · card · countries handles
    the record         record: runs, places, candidates
    an invented pool   sample, over sample_draw sample_figures sample_words
"""
