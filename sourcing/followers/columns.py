"""Which column of a follower export means what. Owns the known header words; reads no file."""

from core.errors import BadInput
from sourcing.columns import Mapping, plain

_SYNONYMS = {
    "handle": "handle username user_name account account_name screen_name unique_id follower user profile handle_shape",
    "followers": "followers follower_count followers_count followercount fans followed_by subscribers edge_followed_by",
    "following": "following following_count followings followings_count follows follows_count followees friends "
    "friends_count edge_follow",
    "posts": "posts post_count posts_count media_count statuses_count video_count videos tweets uploads",
    "private": "private is_private isprivate protected",
    "picture": "has_picture has_profile_picture has_profile_pic has_avatar profile_pic picture avatar",
    "no_picture": "has_anonymous_profile_picture default_profile_image default_profile_picture no_picture",
    "bio": "bio biography signature bio_text description about",
    "bio_length": "bio_length biography_length description_length",
    "digits": "digits_share digit_share nums_length_username",
}
_FIELD_OF = {word: field for field, words in _SYNONYMS.items() for word in words.split()}
NEEDED = ("followers", "following")


def map_follower_columns(found: list[str], *, file: str, label: str | None = None) -> Mapping:
    """Choose the columns to read; `label` names the column that says whether somebody judged the account not real.

    Where two mean the same, the first in the order of the synonyms wins. Raises BadInput that lists what was found.
    """
    best: dict[str, tuple[int, str]] = {}
    for column in found:
        field = _FIELD_OF.get(plain(column))
        if field is None or (label is not None and plain(column) == plain(label)):
            continue
        rank = _SYNONYMS[field].split().index(plain(column))
        if field not in best or rank < best[field][0]:
            best[field] = (rank, column)
    chosen = {field: best[field][1] for field in _SYNONYMS if field in best}
    missing = [field for field in NEEDED if field not in chosen]
    listed = ", ".join(repr(column[:40]) for column in found[:30]) or "none"
    if missing:
        words = "; ".join(f"{field} (called {', '.join(_SYNONYMS[field].split()[:4])} …)" for field in missing)
        raise BadInput(f"{file}: no column for {words}. Columns found: {listed}.", next_step="Rename the columns.")
    if label is not None:
        labels = [column for column in found if plain(column) == plain(label)]
        if not labels:
            raise BadInput(
                f"{file}: no column {label!r} that says who is not real. Columns found: {listed}.",
                next_step="Name it with --label-column.",
            )
        chosen["label"] = labels[0]
    used = set(chosen.values())
    return Mapping(chosen, tuple(column for column in found if column not in used), ())
