"""German words of the sample pool."""

from sourcing.sample_words.vocabulary import vocabulary

GERMAN = vocabulary(
    "de",
    names="Lea Anna Mia Hannah Emma Lena Marie Johanna Clara Ida Greta Frieda Luisa Katharina Sarah Laura Nele Svenja "
    "Jule Miriam Elif Aylin Vanessa Lukas Leon Jonas Paul Felix Max Moritz Tim Jan Finn Emil Anton Niklas David Fabian",
    surnames="Hoffmann Schneider Weber Becker Schäfer Koch Richter Klein Wolf Neumann Schwarz Krüger Hartmann Lange "
    "Krause Lehmann Köhler König Huber Kaiser Fuchs Winkler Gruber Steiner Moser Brunner Baumann Keller Graf Demir",
    frames="""
bios
alles rund um {a} {e}
{a} {e} {b}
{a} • {b}
{a} & {b} aus {city}
{city} | {a} und ein bisschen {b}
hier gibt's {a} {e}
{a} ohne schnickschnack
{a} für den alltag {e}
meine kleine ecke für {a} und {b}
verliebt in {a} {e}

plain bios
kaffee, kuchen, {city} ☕
zwei wilde mäuse und viel zu wenig schlaf 🤍
einfach ich ✨
dorfkind in {city}
meistens müde, immer hungrig
zwischen meer und bergen 🌊
tagsüber büro, abends hier
lebe lieber langsam 🌾

contacts
kooperationen gern per mail 📩
anfragen per DM 💌
koop? schreib mir 🤝
werbung/anfragen siehe unten 👇
collabs ⬇️

shops
{a} handgemacht in {city} {e} versand EU-weit
kleiner shop für {a}, jeden freitag neues
offizielle seite 🛒 {a} seit 2018, link unten

reposts
täglich {a} inspiration {e} markiere uns
das beste aus {a}, credits im post
deine tägliche dosis {a}, kein eigener content

captions
heute mal {a} {e}
ein bisschen {a} für euren feed
sonntag in {city} {e}
speichern für später 📌
neues video ist online: {a}
Werbung | {a}, wirklich im einsatz
mal ehrlich, wie haltet ihr es mit {a}?
drei dinge, die ich über {a} gelernt habe
mehr {a} diese woche, was wollt ihr sehen?
anzeige, weil verlinkt. {a} {e}
""",
    niches="""
slow_fashion
slow fashion; faire mode; capsule wardrobe; leinen outfits; second hand schätze; nachhaltige mode; nähen und flicken
#slowfashion #fairfashion #nachhaltigemode #capsulewardrobe #leinen #leinenliebe #secondhandliebe #sustainablefashion
das leinenhemd zum dritten mal diese woche; geflickt statt neu gekauft 🧵; ein kleid, vier looks
30 mal getragen und immer noch lieblingsteil; wer hat meine kleidung gemacht?; hose vom flohmarkt, jacke von oma

minimal_style
minimalistischer stil; alltagsoutfits; zeitlose basics; neutrale farben; schlichte outfits; wenige gute teile
#minimalstyle #capsulewardrobe #alltagsoutfit #zeitlos #outfitinspiration #wenigeristmehr #ootd
weißes hemd, gute jeans, fertig; zehn teile, ein ganzer monat outfits; schon wieder beige, na und
weniger im schrank, mehr ruhe am morgen; der mantel passt einfach zu allem

sustainable_living
nachhaltig leben; zero waste; plastikfreier alltag; nachhaltige mode; bewusst konsumieren; unverpackt einkaufen
#nachhaltigleben #zerowaste #plastikfrei #nachhaltigemode #unverpackt #bewusstleben #sustainableliving
fünf dinge, die wir nicht mehr kaufen; repariert statt ersetzt; kleine schritte zählen auch 🌱
unser müll nach einem monat, kein witz

streetwear
streetwear; sneaker; oversized looks; fit check; vintage shirts
#streetwear #sneakerliebe #fitcheck #streetstyle #outfitdestages
welches paar, links oder rechts?; fit check vor der bahn; zum halben preis geschossen

vegan_food
vegane rezepte; pflanzliche küche; schnelle vegane gerichte; meal prep; vegan für faule
#vegan #veganerezepte #pflanzlich #vegandeutschland #mealprep #wasveganeressen
linsencurry in 15 minuten, rezept unten; keiner hat den käse vermisst; mittag für drei tage aus einer pfanne

baking
backen; sauerteig; torten; einfache kuchen; zimtschnecken
#backen #sauerteig #backliebe #kuchenliebe #tortenliebe #brotbacken
tag 3 mit dem sauerteig; endlich die krume, die ich wollte; apfelkuchen wie bei oma

home_decor
wohnideen; interior; altbauliebe; skandi wohnen; deko selbst gemacht
#wohnen #interior #altbauliebe #wohnideen #skandi #gemütlichwohnen
vorher nachher vom flur; die lampe vom sperrmüll; grün gestrichen und verliebt

diy
diy ideen; upcycling; nähen; möbel aufarbeiten; heimwerken
#diy #selbstgemacht #upcycling #nähenmachtglücklich #heimwerken
das regal hat nichts gekostet; mein erstes selbst genähtes hemd; einmal gemessen, zweimal gesägt, ups

gardening
gärtnern; balkongarten; schrebergarten; gemüse anbauen; zimmerpflanzen
#garten #balkongarten #schrebergarten #gartenliebe #urbanjungle
die ersten tomaten 🍅; was jetzt noch gesät wird; schnecken 1, ich 0

parenting
familienleben; mamaleben; bindungsorientiert; alltag mit zwillingen; kinderzimmer
#mamaleben #familienleben #mamablog #lebenmitkindern #elternsein
keiner hat geschlafen, aber wir leben; snacks, snacks, snacks; was ich als frische mama gern gewusst hätte

fitness
krafttraining; home workout; fitness motivation; gesunde routinen; muskelaufbau
#fitness #krafttraining #homeworkout #fitnessmotivation #gymgirl
neuer rekord im kreuzheben; 20 minuten, kein gerät, keine ausrede; pausentage zählen auch

running
laufen; marathon training; trailrunning; laufen lernen; halbmarathon
#laufen #laufliebe #marathontraining #trailrunning #halbmarathon
28 kilometer vor dem frühstück; langsam laufen macht schnell; noch zwei wochen bis zum start

yoga
yoga; achtsamkeit; atemübungen; yin yoga; meditation
#yoga #achtsamkeit #yogaliebe #meditation #yogalehrerin
zehn ruhige minuten vor dem tag; weicher flow für müde hüften; einatmen, ausatmen

travel
langsam reisen; geheimtipps; wochenendtrips; camper leben; mit dem zug durch europa
#reisen #reiselust #geheimtipp #wochenendtrip #vanlife #zugreise
mit dem nachtzug hierher; drei tage, ein rucksack; der ausblick war den wecker wert

photography
analoge fotografie; street fotografie; portraits; 35mm; landschaften
#fotografie #analogefotografie #35mm #portraitfotografie #streetfotografie
letzter film vom sommer; eine stunde auf dieses licht gewartet; bearbeitet oder nicht, was meint ihr?

skincare
hautpflege; hautbarriere; sonnenschutz; unreine haut; einfache routinen
#hautpflege #skincare #sonnenschutz #skincareroutine #hautpflegetipps
meine drei schritte am morgen; so sieht echte haut aus; cremt euch ein, bitte

makeup
make-up; natürliche looks; drogerie make-up; braut make-up; alltagslook
#makeup #schminken #drogerie #makeuptutorial #natürlicheslook #grwm
fertig machen für die hochzeit; eyeliner in zwei minuten; ganzes gesicht unter 20 euro

gaming
gaming; gemütliche spiele; streams; retro konsolen; let's plays
#gaming #zocken #twitchde #retrogaming #gamergirl
heute live ab 20 uhr; wieder am selben boss gestorben; setup tour ist online

tech
technik tests; programmieren; smart home; gadgets; apps für den alltag
#technik #programmieren #smarthome #gadgets #testbericht
ein monat mit diesem handy, ehrlich; mein schreibtisch zum arbeiten; der shortcut spart mir eine stunde

books
bücher; lesen; buchtipps; fantasy romane; krimis
#bookstagramgermany #lesen #buchtipp #bücherliebe #leseliebe
der stapel ist jetzt höher als ich; fünf sterne und ein gebrochenes herz; in einer nacht gelesen

music
singen; songwriting; gitarren cover; schallplatten; indie musik
#musik #neuemusik #gitarre #singersongwriter #vinyl
neue single am freitag; in der s-bahn geschrieben; ton an für den refrain

dance
tanzen; hip hop; contemporary; salsa; choreografie
#tanzen #tänzerin #hiphopdance #salsa #choreografie
probenwoche, füße kaputt; in einer stunde gelernt; am boden ist es schwerer als es aussieht

football
fußball; spieltag; frauenfußball; kreisliga; tricks am ball
#fußball #spieltag #frauenfußball #kreisliga #fussballliebe
tor in der nachspielzeit!!; auswärts ist am schönsten; latte vom mittelkreis

finance
finanzen; etf sparplan; geld sparen; haushaltsbuch; finanzwissen
#finanzen #etf #geldsparen #sparplan #finanzielleunabhängigkeit
so habe ich die ersten 1.000 gespart; etf in einer minute; kein geld ausgeben, woche zwei

dogs
hundeleben; tierschutzhund; welpen training; gassi runden; dackelliebe
#hundeliebe #tierschutzhund #hundeleben #dackel #welpe
matschpfoten, glücklicher hund; adoptiert, nicht gekauft; die andere socke hat er auch gefressen

cats
katzen; katzenmama; tierheim katzen; zwei flauschige kater; katzenalltag
#katzenliebe #katzenmama #katzenleben #tierschutzkatze #kitten
das sofa gehört jetzt ihr; 5 uhr, frühstück, meint sie; der kater und sein karton
""",
)
