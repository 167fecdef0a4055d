"""Polish words of the sample pool."""

from sourcing.sample_words.vocabulary import vocabulary

POLISH = vocabulary(
    "pl",
    names="Zuzanna Julia Zofia Maja Hanna Lena Alicja Oliwia Natalia Weronika Karolina Magda Ola Kasia Agnieszka Ewa "
    "Jakub Antoni Szymon Filip Michał Mateusz Kacper Bartek Piotr Tomek Wojtek Krzysztof Adam Igor",
    surnames="Nowak Wójcik Kowalczyk Mazur Kaczmarek Krawczyk Piotrowska Grabowski Zając Pawlak Michalak Król Wróbel "
    "Wieczorek Jabłoński Dudek Adamczyk Stępień Górska Sikora Baran Szewczyk Pietrzak Marciniak Bąk Zalewska Jaworska",
    frames="""
bios
{a} {e} {b}
{a} • {b}
{a} i {b} | {city}
{city} | {a}
na co dzień: {a} {e}
mój kąt: {a} i {b}
{a} bez spiny
tu znajdziesz: {a} {e}

plain bios
najpierw kawa ☕
dwójka dzieci i dużo kawy 🤍
po prostu ja ✨
{city} 📍
powoli, ale do przodu
między morzem a górami 🌊
małe rzeczy, dobre dni

contacts
współpraca DM 💌
współpraca: mail 📩
kontakt niżej 👇
współprace ⬇️

shops
{a} ręcznie robione, {city} {e} wysyłka w całej europie
mały sklep: {a}, nowości w każdy piątek
oficjalny profil 🛒 {a} od 2018, link niżej

reposts
codzienne inspiracje: {a} {e} oznacz nas
najlepsze: {a}, autorzy w opisie
codzienna dawka: {a}, nie nasze treści

captions
dzisiaj: {a} {e}
trochę inspiracji: {a}
niedziela, {city} {e}
zapisz na później 📌
nowy film: {a}
reklama | {a} {e}
co myślicie? {a}
trzy rzeczy: {a}
w tym tygodniu więcej: {a}
""",
    niches="""
slow_fashion
slow fashion; moda etyczna; szafa kapsułowa; len; second hand; odpowiedzialna moda
#slowfashion #modaetyczna #szafakapsulowa #len #secondhand #odpowiedzialnamoda #sustainablefashion
lniana koszula trzeci raz w tym tygodniu; naprawione, nie kupione 🧵; jedna sukienka, cztery sposoby

minimal_style
minimalizm w szafie; codzienne stylizacje; ponadczasowe ubrania; neutralne kolory; baza w szafie
#minimalstyle #minimalizm #capsulewardrobe #stylizacja #outfitdnia
biała koszula, jeansy i już; dziesięć rzeczy na miesiąc; znowu beż

sustainable_living
życie eko; zero waste; świadome zakupy; dom bez plastiku; odpowiedzialna moda
#zerowaste #ekozycie #bezplastiku #swiadomezakupy #odpowiedzialnamoda
pięć rzeczy, których nie kupuję; naprawiam, nie wyrzucam; małe kroki 🌱

streetwear
streetwear; sneakersy; oversize; fit check; vintage koszulki
#streetwear #sneakersy #fitcheck #streetstyle #buty
lewy czy prawy?; fit check przed tramwajem; za pół ceny

vegan_food
wegańskie przepisy; kuchnia roślinna; szybkie obiady; lunchbox; tanie wege
#weganskie #kuchniaroslinna #wege #przepis #lunchbox
curry z ciecierzycy w 15 minut; nikt nie pytał o ser; trzy obiady, jedna patelnia

baking
wypieki; chleb na zakwasie; ciasta; drożdżówki; torty
#wypieki #zakwas #ciasto #domowechleb #torty
trzeci dzień z zakwasem; wreszcie taki miękisz; szarlotka babci

home_decor
wnętrza; przytulny dom; remont; stare meble; dekoracje
#wnetrza #dom #remont #mieszkanie #dekoracje
przedpokój przed i po; lampa z targu staroci; pomalowane na zielono

diy
zrób to sam; szycie; renowacja mebli; rękodzieło; upcycling
#diy #rekodzielo #szycie #handmade #renowacja
regał za zero złotych; moja pierwsza uszyta koszula; raz zmierzone, dwa razy ucięte

gardening
ogród; balkon; warzywnik; rośliny doniczkowe; działka
#ogrod #balkon #rosliny #dzialka #warzywnik
pierwsze pomidory 🍅; co siać w tym miesiącu; ślimaki 1, ja 0

parenting
macierzyństwo; życie rodzinne; rodzicielstwo bliskości; bliźniaki; przekąski
#macierzynstwo #instamama #rodzina #dzieci #bliskosc
nikt nie spał, ale żyjemy; przekąska, przekąska; co chciałabym wiedzieć wcześniej

fitness
trening siłowy; trening w domu; motywacja; zdrowe nawyki; siłownia
#fitness #trening #silownia #treningwdomu #motywacja
nowy rekord w martwym ciągu; 20 minut bez sprzętu; odpoczynek też się liczy

running
bieganie; maraton; biegi górskie; półmaraton; pierwsze 5 km
#bieganie #maraton #biegigorskie #polmaraton #biegambolubie
28 km przed śniadaniem; wolno, żeby biegać szybko; dwa tygodnie do startu

yoga
joga; oddech; medytacja; uważność; joga w domu
#joga #medytacja #uwaznosc #oddech #yoga
dziesięć minut ciszy; łagodny flow; wdech, wydech

travel
podróże; solo w drodze; ukryte miejsca; weekend; życie w kamperze
#podroze #weekend #polska #wdrodze #vanlife
nocnym pociągiem aż tutaj; trzy dni, jeden plecak; widok wart budzika

photography
fotografia analogowa; fotografia uliczna; portrety; 35mm; krajobrazy
#fotografia #analog #35mm #portret #ulica
ostatnia klisza lata; godzina czekania na światło; obrobione czy nie?

skincare
pielęgnacja skóry; prosta rutyna; filtr spf; cera wrażliwa; naturalne kosmetyki
#pielegnacja #skincare #spf #cera #naturalnekosmetyki
moje trzy kroki rano; tak wygląda prawdziwa skóra; używajcie filtra

makeup
makijaż; naturalny look; tanie kosmetyki; makijaż ślubny; tutoriale
#makijaz #makeup #makijazdzienny #wizaz #grwm
szykuj się ze mną na wesele; kreska w dwie minuty; cała twarz za mniej niż 100 zł

gaming
gry; streamy; retro konsole; spokojne gry; speedrun
#gry #gaming #twitchpl #retro #gracz
dziś live o 20; znowu ten sam boss; oprowadzam po stanowisku

tech
technologia; programowanie; inteligentny dom; gadżety; recenzje
#technologia #programowanie #gadzety #smarthome #recenzja
miesiąc z tym telefonem; moje biurko; skrót, który oszczędza godzinę

books
książki; czytanie; recenzje; fantastyka; kryminały
#bookstagrampl #ksiazki #czytam #recenzja #czytanie
stos wyższy ode mnie; pięć gwiazdek i złamane serce; w jedną noc

music
śpiew; własne piosenki; gitara; winyle; muzyka indie
#muzyka #gitara #piosenka #nowamuzyka #winyle
nowy singiel w piątek; napisane w tramwaju; włącz dźwięk

dance
taniec; hip hop; współczesny; salsa; choreografia
#taniec #hiphop #salsa #choreografia #tancerka
tydzień prób; nauczone w godzinę; na podłodze trudniej niż się wydaje

football
piłka nożna; dzień meczowy; piłka kobiet; triki; okręgówka
#pilkanozna #mecz #pilkakobiet #triki #gol
gol w ostatniej minucie!!; wyjazdy są najlepsze; poprzeczka ze środka

finance
finanse osobiste; inwestowanie; oszczędzanie; budżet; etf
#finanse #oszczedzanie #inwestowanie #budzet #pieniadze
pierwsze odłożone 10 000; etf w minutę; miesiąc bez wydawania

dogs
psy; pies ze schroniska; szkolenie; spacery; jamnik
#pies #piesek #adoptujniekupuj #jamnik #psiezycie
brudne łapy, szczęśliwy pies; adoptowany; drugą skarpetkę też zjadł

cats
koty; kotka ze schroniska; kocie życie; kociaki; dwa puchate koty
#kot #koty #kociezycie #kociaki #adopcja
kanapa jest jej; 5 rano, śniadanie; kot i karton
""",
)
