"""Italian words of the sample pool."""

from sourcing.sample_words.vocabulary import vocabulary

ITALIAN = vocabulary(
    "it",
    names="Giulia Sofia Aurora Alice Chiara Martina Francesca Elisa Sara Beatrice Ginevra Camilla Elena Valentina "
    "Noemi Lorenzo Alessandro Mattia Andrea Gabriele Riccardo Tommaso Edoardo Matteo Davide Simone Pietro Nicolò Marco",
    surnames="Ferrari Esposito Romano Colombo Ricci Marino Greco Gallo Conti Mancini Costa Giordano Rizzo Lombardi "
    "Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile Vitale Serra",
    frames="""
bios
{a} {e} {b}
{a} • {b}
{a} e {b} da {city}
{city} | {a}, {b}
il mio angolo: {a} e {b}
un po' di {a} ogni giorno {e}
{a} senza stress
qui si parla di {a} {e}
solo {a} {e}

plain bios
caffè e sole a {city} ☀️
due pesti in casa 🤍
semplicemente io ✨
sempre in ritardo
tra mare e montagna 🌊
piccole cose, grandi giorni
vivo piano

contacts
collaborazioni in DM 💌
collab via mail 📩
contatti qui sotto 👇
info e collaborazioni ⬇️

shops
{a} fatto a mano a {city} {e} spediamo ovunque
piccolo shop {a}, novità ogni venerdì
pagina ufficiale 🛒 {a} dal 2018, link sotto

reposts
ispirazione {a} ogni giorno {e} taggaci
il meglio: {a}, crediti nel post
la tua dose di {a}, contenuti condivisi

captions
oggi: {a} {e}
un po' di {a} per il tuo feed
domenica a {city} {e}
salva per dopo 📌
nuovo video: {a}
adv | {a} {e}
cosa ne pensate? {a}
tre cose su {a}
ancora {a} questa settimana
momento {a}
""",
    niches="""
slow_fashion
moda sostenibile; slow fashion; armadio capsula; lino; second hand; moda etica
#slowfashion #modasostenibile #armadiocapsula #lino #secondhand #modaetica #sustainablefashion
la camicia di lino per la terza volta; rammendata, non ricomprata 🧵; un vestito, quattro modi

minimal_style
stile minimal; outfit di tutti i giorni; capi senza tempo; colori neutri; guardaroba essenziale
#minimalstyle #stileminimal #capsulewardrobe #outfitdelgiorno #essenziale
camicia bianca, jeans, fatto; dieci capi, un mese di outfit; di nuovo beige

sustainable_living
vita sostenibile; zero rifiuti; consumo consapevole; casa ecologica; moda sostenibile
#vitasostenibile #zerowaste #sostenibilita #consumoconsapevole #modasostenibile
cinque cose che non compro più; riparare, non buttare; piccoli passi 🌱

streetwear
streetwear; sneakers; look oversize; fit check; magliette vintage
#streetwear #sneakers #fitcheck #streetstyle #outfit
destra o sinistra?; fit check prima del treno; prese a metà prezzo

vegan_food
ricette vegane; cucina vegetale; cene veloci; meal prep; vegano facile
#vegan #ricettevegane #cucinavegetale #veganitalia #mealprep
curry di ceci in 15 minuti; nessuno ha chiesto il formaggio; tre pranzi, una padella

baking
dolci; lievito madre; torte fatte in casa; pane; biscotti
#dolci #lievitomadre #fattoincasa #torte #pane
giorno 3 con il lievito; finalmente la mollica giusta; la torta di mele della nonna

home_decor
arredamento; casa accogliente; ristrutturazione; mobili vintage; angoli di casa
#arredamento #casa #interni #ristrutturazione #homedecoritalia
prima e dopo l'ingresso; la lampada del mercatino; dipinto di verde, lo adoro

diy
fai da te; cucito; riciclo creativo; restauro mobili; handmade
#faidate #cucito #riciclocreativo #fattoamano #diy
una libreria a costo zero; la mia prima camicia cucita; misurato male, ops

gardening
orto; balcone fiorito; piante; giardinaggio; erbe aromatiche
#orto #giardinaggio #piante #balcone #pollicverde
i primi pomodori 🍅; cosa seminare questo mese; lumache 1, io 0

parenting
maternità; vita in famiglia; mamma e gemelli; educazione gentile; merende
#mammablogger #maternita #famiglia #vitadamamma #bimbi
nessuno ha dormito ma ci siamo; merenda, merenda, merenda; cosa avrei voluto sapere

fitness
allenamento; forza; workout a casa; motivazione; palestra
#fitness #allenamento #palestra #workoutacasa #motivazione
nuovo record di stacco; 20 minuti senza attrezzi; anche il riposo conta

running
corsa; maratona; trail; mezza maratona; iniziare a correre
#corsa #running #maratona #trailrunning #mezzamaratona
28 km prima di colazione; piano per andare forte; due settimane alla gara

yoga
yoga; respiro; meditazione; vinyasa; consapevolezza
#yoga #meditazione #respiro #yogaitalia #benessere
dieci minuti di calma; un flow dolce; inspira, espira

travel
viaggi lenti; viaggiare da sola; posti nascosti; weekend; vita in camper
#viaggi #viaggiare #weekend #postinascosti #vanlife #italia
treno di notte e sveglia qui; tre giorni, uno zaino; la vista valeva la sveglia

photography
fotografia analogica; street; ritratti; 35mm; paesaggi
#fotografia #analogica #35mm #ritratto #streetphotography
ultimo rullino dell'estate; un'ora ad aspettare questa luce; modificata o no?

skincare
cura della pelle; routine semplice; protezione solare; pelle sensibile; cosmetici naturali
#skincare #curadellapelle #skincareroutine #spf #pelle
i miei tre passi; questa è pelle vera; mettete la crema

makeup
trucco; look naturale; trucco economico; trucco sposa; tutorial
#trucco #makeup #beautyitalia #tutorialmakeup #grwm
prepariamoci per un matrimonio; eyeliner in due minuti; viso completo sotto i 20 euro

gaming
videogiochi; live; retro gaming; giochi tranquilli; speedrun
#gaming #videogiochi #twitchitalia #retrogaming #gamer
live stasera alle 21; morto ancora dallo stesso boss; tour della postazione

tech
tecnologia; programmazione; casa smart; gadget; recensioni
#tecnologia #programmazione #gadget #domotica #recensione
un mese con questo telefono; la mia scrivania; la scorciatoia che salva un'ora

books
libri; letture; recensioni; fantasy; gialli
#libri #bookstagramitalia #leggere #recensione #lettura
la pila è più alta di me; cinque stelle e cuore a pezzi; letto in una notte

music
canto; canzoni mie; chitarra; vinili; musica indie
#musica #cantautrice #chitarra #nuovamusica #vinile
singolo nuovo venerdì; scritta sul bus; alza il volume

dance
danza; contemporaneo; hip hop; salsa; coreografia
#danza #ballo #hiphop #salsa #coreografia
settimana di prove; imparata in un'ora; a terra è più dura di quanto sembri

football
calcio; giorno di partita; calcio femminile; dribbling; calcetto
#calcio #partita #calciofemminile #gol #calcetto
gol al novantesimo!!; in trasferta è più bello; traversa da centrocampo

finance
finanza personale; investire; risparmio; budget; etf
#finanzapersonale #investire #risparmio #budget #etf
i miei primi 1.000 risparmiati; gli etf in un minuto; mese senza spese

dogs
cani; cane adottato; educazione cinofila; passeggiate; bassotto
#cani #adottauncane #vitadacani #bassotto #educazionecinofila
zampe sporche, cane felice; adottato; ha mangiato anche l'altro calzino

cats
gatti; gatta adottata; vita da gatto; gattini; due gatti pelosi
#gatti #gattidiinstagram #adottaungatto #gattini #vitadagatto
il divano è suo; le 5, colazione, dice; il gatto e la scatola
""",
)
