"""Dutch words of the sample pool."""

from sourcing.sample_words.vocabulary import vocabulary

DUTCH = vocabulary(
    "nl",
    names="Sanne Lotte Emma Fleur Anouk Femke Iris Eva Julia Noor Roos Sophie Marieke Lisa Merel Tess Fenna Yara Esra "
    "Daan Sem Lars Bram Thijs Jesse Niels Ruben Koen Sven Pim Gijs Jurre Stijn Youssef Wout Floris",
    surnames="Visser Bakker Smit Mulder Bos Vos Peters Hendriks Dekker Brouwer Dijkstra Willems Kuipers Postma Koster "
    "Prins Huisman Peeters Janssens Maes Jacobs Claes Schouten Verbeek Hoekstra Blom Scholten Yilmaz Wolters Vermeer",
    frames="""
bios
alles over {a} {e}
{a} {e} {b}
{a} • {b}
{a} & {b} uit {city}
{city} | {a} en een beetje {b}
{a} zonder gedoe
elke dag {a} {e}
mijn hoekje voor {a} en {b}
gek op {a} {e}
{a} voor gewone mensen

plain bios
eerst koffie ☕
thuis met twee druktemakers 🤍
gewoon ik ✨
{city} is thuis 📍
op de fiets door {city} 🚲
altijd te laat, nooit gehaast
tussen zee en duinen 🌊
kleine dingen, groot geluk

contacts
samenwerken? stuur een DM 💌
samenwerkingen via mail 📩
collabs ⬇️
pr en samenwerking: zie hieronder 👇
open voor collabs 🤝

shops
{a} handgemaakt in {city} {e} verzending door heel europa
kleine {a} shop, elke vrijdag nieuw
officiële pagina 🛒 {a} sinds 2018, link hieronder

reposts
elke dag {a} inspiratie {e} tag ons
het beste van {a}, credits in de post
jouw dagelijkse portie {a}, geen eigen content

captions
vandaag: {a} {e}
een beetje {a} voor je tijdlijn
zondag in {city} {e}
bewaar voor later 📌
nieuwe video staat online: {a}
advertentie | {a}, echt in gebruik
eerlijk, wat vinden jullie van {a}?
drie dingen over {a}
meer {a} deze week, wat willen jullie zien?
samenwerking, {a} {e}
""",
    niches="""
slow_fashion
slow fashion; eerlijke mode; capsule garderobe; linnen outfits; tweedehands vondsten; duurzame mode; zelf verstellen
#slowfashion #duurzamemode #eerlijkemode #capsulewardrobe #linnen #tweedehands #fairfashion #sustainablefashion
mijn linnen blouse voor de derde keer deze week; gerepareerd in plaats van nieuw 🧵; een jurk, vier manieren
30 keer gedragen en nog steeds favoriet; wie maakte mijn kleren?; broek van de kringloop, jas van oma

minimal_style
minimalistische stijl; dagelijkse outfits; tijdloze basics; neutrale kleuren; rustige garderobe; minder kleding
#minimalstyle #capsulewardrobe #tijdloos #outfitinspiratie #basics #minderismeer #ootd
wit overhemd, goede jeans, klaar; tien stuks, een maand outfits; weer beige, ach ja
minder in de kast, meer rust in de ochtend; de jas die overal bij past

sustainable_living
duurzaam leven; zero waste; plasticvrij; duurzame mode; bewust leven; minder spullen
#duurzaamleven #zerowaste #plasticvrij #duurzamemode #bewustleven #sustainableliving
vijf dingen die we niet meer kopen; repareren, niet vervangen; kleine stapjes tellen ook 🌱

streetwear
streetwear; sneakers; oversized looks; fit check; vintage shirts
#streetwear #sneakers #fitcheck #streetstyle #lookvandedag
welk paar, links of rechts?; fit check voor de trein; voor de halve prijs gescoord

vegan_food
vegan recepten; plantaardig koken; snelle maaltijden; mealprep; vegan met klein budget
#vegan #veganrecepten #plantaardig #veganfood #mealprep
kikkererwtencurry in 15 minuten; niemand miste de kaas; drie lunches uit één pan

baking
bakken; zuurdesem; taarten; makkelijke baksels; kaneelbroodjes
#bakken #zuurdesem #taart #zelfgebakken #bakkenisleuk
dag 3 met mijn starter; eindelijk het kruim dat ik wilde; appeltaart van oma

home_decor
interieur; wonen; jaren 30 huis; vintage meubels; gezellig thuis
#interieur #wonen #binnenkijken #jaren30woning #vintagewonen
voor en na van de gang; lamp van de kringloop; groen geverfd en verliefd

diy
diy; upcycling; naaien; meubels opknappen; klussen
#diy #zelfgemaakt #upcycling #naaien #klussen
een kast voor nul euro; mijn eerste zelfgenaaide blouse; een keer gemeten, twee keer gezaagd, oeps

gardening
tuinieren; moestuin; balkontuin; kamerplanten; volkstuin
#moestuin #tuinieren #balkontuin #kamerplanten #volkstuin
de eerste tomaten 🍅; wat zaai je deze maand; slakken 1, ik 0

parenting
moederschap; gezinsleven; mamablog; leven met een tweeling; peuterhapjes
#mamablog #gezinsleven #mamavan #moederschap #peuter
niemand sliep, maar we leven nog; snacks, snacks, snacks; wat ik graag had geweten als nieuwe mama

fitness
krachttraining; thuis trainen; fit worden; gezonde gewoontes; sportschool
#fitness #krachttraining #thuistrainen #fitgirl #sportmotivatie
nieuw record deadlift; 20 minuten zonder materiaal; rustdagen tellen ook

running
hardlopen; marathon training; trailrunning; halve marathon; beginnen met hardlopen
#hardlopen #marathon #trailrunning #halvemarathon #hardlooptraining
28 kilometer voor het ontbijt; langzaam lopen maakt snel; nog twee weken tot de start

yoga
yoga; mindfulness; ademwerk; yin yoga; meditatie
#yoga #mindfulness #meditatie #yogadocent #ademhaling
tien rustige minuten voor de dag; zachte flow voor stijve heupen; adem in, adem uit

travel
langzaam reizen; alleen op reis; verborgen plekjes; weekendje weg; buscamper
#reizen #weekendjeweg #opreis #verborgenplekjes #vanlife
met de nachttrein hierheen; drie dagen, één rugzak; het uitzicht was de wekker waard

photography
analoge fotografie; straatfotografie; portretten; 35mm; landschappen
#fotografie #analoog #35mm #portretfotografie #straatfotografie
laatste rolletje van de zomer; een uur op dit licht gewacht; bewerkt of niet?

skincare
huidverzorging; simpele routine; huidbarrière; zonnebrand; gevoelige huid
#huidverzorging #skincare #zonnebrand #skincareroutine #gevoeligehuid
mijn drie stappen in de ochtend; zo ziet echte huid eruit; smeer je in, alsjeblieft

makeup
make-up; natuurlijke looks; budget make-up; bruidsmake-up; dagelijkse look
#makeup #visagie #naturellook #beautytips #grwm
klaarmaken voor een bruiloft; eyeliner in twee minuten; heel gezicht onder 20 euro

gaming
gaming; knusse games; streams; retro consoles; speedruns
#gaming #gamer #twitchnl #retrogaming #nederlandsegamer
vanavond live om 20 uur; weer dood bij dezelfde baas; setup tour staat online

tech
tech reviews; programmeren; slim huis; gadgets; handige apps
#tech #programmeren #slimhuis #gadgets #techreview
een maand met deze telefoon, eerlijk; mijn bureau; de sneltoets die me een uur scheelt

books
boeken; lezen; boekentips; fantasy; thrillers
#boekstagram #lezen #boekentip #ikleesnu #boekenliefde
de stapel is nu hoger dan ik; vijf sterren en een gebroken hart; in één nacht uit

music
zingen; liedjes schrijven; gitaar covers; vinyl; indie muziek
#muziek #nieuwemuziek #gitaar #singersongwriter #vinyl
nieuwe single vrijdag; geschreven in de tram; geluid aan

dance
dansen; hiphop; modern; salsa; choreografie
#dansen #danseres #hiphop #salsa #choreografie
repetitieweek, voeten stuk; in een uur geleerd; vloerwerk is lastiger dan het lijkt

football
voetbal; wedstrijddag; vrouwenvoetbal; amateurvoetbal; trucjes
#voetbal #wedstrijddag #vrouwenvoetbal #amateurvoetbal #trucjes
goal in de laatste minuut!!; uit is het mooist; lat vanaf de middenstip

finance
geldzaken; beleggen; sparen; budgetteren; financieel vrij
#geldzaken #beleggen #sparen #budget #financieelvrij
zo spaarde ik mijn eerste 1.000; etf in één minuut; koopvrije maand, week twee

dogs
hondenleven; adoptiehond; puppy training; wandelen met de hond; teckel
#hond #hondenleven #adoptiehond #puppytraining #teckel
modderpoten, blije hond; geadopteerd, niet gekocht; de andere sok ook opgegeten

cats
katten; kattenmama; asielkatten; kittens; twee pluizige katers
#kat #kattenvaninstagram #asielkat #kitten #kattenmama
de bank is nu van haar; 5 uur, ontbijt, vindt ze; de kat en zijn doos
""",
)
