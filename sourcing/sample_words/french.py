"""French words of the sample pool."""

from sourcing.sample_words.vocabulary import vocabulary

FRENCH = vocabulary(
    "fr",
    names="Camille Léa Manon Chloé Juliette Louise Inès Jade Alice Margaux Clémence Élodie Pauline Anaïs Marion Zoé "
    "Mathilde Noémie Fatou Yasmine Lucas Hugo Louis Jules Antoine Théo Maxime Romain Baptiste Mehdi Paul Adrien Simon",
    surnames="Martin Bernard Dubois Moreau Laurent Lefèvre Roux Fournier Girard Bonnet Delmas Lambert Faure Mercier "
    "Blanc Guérin Chevalier Perrin Morel Gauthier Barbier Renaud Diallo Benali Picard Leclerc Colin Marchand Vidal",
    frames="""
bios
{a} {e} {b}
{a} • {b}
{a} & {b} à {city}
{city} | {a}, {b}
un peu de {a}, beaucoup d'amour {e}
{a} au quotidien {e}
mon petit coin {a} et {b}
{a} sans prise de tête
passion {a} {e}
je partage : {a}, {b}

plain bios
deux tornades à la maison 🤍
café, soleil et {city} ☀️
doucement le matin ☕
la vie simple à {city}
toujours en retard, sans se presser
entre mer et montagne 🌊
juste moi ✨
le bonheur est dans les petites choses

contacts
collab par mail 📩
DM pour collab 💌
partenariats : lien en bas 👇
contact pro en message
collabs ⬇️

shops
{a} fait main à {city} {e} livraison partout
petite boutique {a}, nouveautés chaque vendredi
page officielle 🛒 {a} depuis 2018, lien en bas

reposts
inspiration {a} tous les jours {e} taguez-nous
le meilleur du {a}, crédits en légende
votre dose de {a}, contenu partagé

captions
aujourd'hui : {a} {e}
un peu de {a} dans votre fil
dimanche à {city} {e}
à garder pour plus tard 📌
nouvelle vidéo : {a}
collaboration commerciale | {a} {e}
vous en pensez quoi ? {a}
trois choses à savoir : {a}
encore du {a} cette semaine, dites-moi tout
petit moment {a}
""",
    niches="""
slow_fashion
slow fashion; mode éthique; garde-robe capsule; tenues en lin; seconde main; mode responsable; couture et reprise
#slowfashion #modeethique #moderesponsable #capsulewardrobe #lin #secondemain #modedurable #sustainablefashion
ma chemise en lin pour la troisième fois cette semaine; réparé plutôt que racheté 🧵; une robe, quatre façons
porté 30 fois et toujours mon préféré; qui a fait mes vêtements ?; pantalon chiné, veste de ma grand-mère

minimal_style
style minimaliste; tenues du quotidien; basiques intemporels; couleurs neutres; dressing épuré; essentiels
#minimalstyle #capsulewardrobe #styleminimaliste #intemporel #tenuedujour #basiques #ootd
chemise blanche, bon jean, c'est tout; dix pièces, un mois de tenues; encore du beige, j'assume
moins de vêtements, des matins plus calmes; le manteau qui va avec tout

sustainable_living
vie durable; zéro déchet; maison éco responsable; mode durable; consommer moins; fait maison
#zerodechet #viedurable #ecoresponsable #modedurable #consommermieux #sustainableliving
cinq choses que je n'achète plus; réparer, pas remplacer; les petits pas comptent aussi 🌱

streetwear
streetwear; sneakers; looks oversize; fit check; t-shirts vintage
#streetwear #sneakers #lookdujour #streetstyle #fitcheck
quelle paire, gauche ou droite ?; fit check avant le métro; trouvées à moitié prix

vegan_food
recettes véganes; cuisine végétale; plats rapides; batch cooking; végane petit budget
#vegan #recettevegane #cuisinevegetale #vegetarien #batchcooking
curry de pois chiches en 15 minutes; personne n'a réclamé le fromage; trois déjeuners dans une poêle

baking
pâtisserie; levain maison; gâteaux faciles; brioche; recettes sucrées
#patisserie #levain #faitmaison #gateau #brioche #recettefacile
jour 3 avec mon levain; enfin la mie de mes rêves; la tarte aux pommes de mamie

home_decor
déco maison; intérieur cosy; rénovation; meubles chinés; appartement haussmannien
#deco #decomaison #interieurcosy #renovation #chiner
avant après de l'entrée; la lampe trouvée en brocante; peint en vert et je l'adore

diy
diy; upcycling; couture; meubles relookés; bricolage
#diy #faitmain #upcycling #couture #bricolage
une étagère pour zéro euro; ma première chemise cousue; mesuré une fois, coupé deux fois, oups

gardening
jardinage; balcon fleuri; potager; plantes d'intérieur; permaculture
#jardinage #potager #balcon #plantaddict #permaculture
premières tomates 🍅; quoi semer ce mois-ci; limaces 1, moi 0

parenting
vie de famille; maternité; parentalité positive; vie avec des jumeaux; repas des petits
#viedemaman #maternite #famille #parentalitepositive #mamanblogueuse
personne n'a dormi mais ça va; goûter, goûter, goûter; ce que j'aurais aimé savoir jeune maman

fitness
musculation; sport à la maison; motivation; routine saine; coach sportive
#fitness #musculation #sportalamaison #motivation #fitgirl
nouveau record au soulevé de terre; 20 minutes sans matériel; le repos compte aussi

running
course à pied; préparation marathon; trail; semi-marathon; débuter en course
#courseapied #running #trail #marathon #semimarathon
28 km avant le petit-déj; courir lentement pour aller vite; départ dans deux semaines

yoga
yoga; pleine conscience; respiration; vinyasa; méditation
#yoga #meditation #pleineconscience #yogafrance #respiration
dix minutes de calme avant la journée; un flow doux pour les hanches; inspire, expire

travel
voyage lent; voyager seule; bons plans; week-ends; vie en van
#voyage #voyageuse #bonsplans #weekend #vanlife #jolifrance
train de nuit et réveil ici; trois jours, un sac à dos; la vue valait le réveil à 4h

photography
photo argentique; photo de rue; portraits; 35mm; paysages
#photographie #argentique #35mm #portrait #photoderue
dernière pellicule de l'été; une heure à attendre cette lumière; retouchée ou pas ?

skincare
soin de la peau; routine simple; barrière cutanée; crème solaire; peau sensible
#skincare #soinvisage #routinebeaute #peausensible #cremesolaire
ma routine en trois étapes; voilà une vraie peau; mettez de la crème solaire

makeup
maquillage; teint naturel; petits prix; maquillage mariée; looks du jour
#maquillage #makeup #teintnaturel #beaute #grwm
on se prépare pour un mariage; le liner en deux minutes; visage complet à moins de 20 euros

gaming
jeux vidéo; jeux cosy; live; rétro gaming; speedrun
#gaming #jeuxvideo #twitchfr #retrogaming #gameuse
live ce soir à 20h; encore mort au même boss; le tour de mon setup est en ligne

tech
tests tech; code; maison connectée; gadgets; logiciels libres
#tech #code #domotique #gadgets #developpeur
un mois avec ce téléphone, avis honnête; mon bureau pour me concentrer; le raccourci qui change tout

books
lecture; romans; avis lecture; fantasy; polars
#bookstagramfr #lecture #livre #avislecture #booktokfrance
ma pile est plus haute que moi; cinq étoiles et le coeur brisé; lu en une nuit

music
chant; compositions; reprises guitare; vinyles; pop indé
#musique #chanson #guitare #nouveautitre #vinyle
nouveau titre vendredi; écrite dans le bus; montez le son

dance
danse; contemporain; hip-hop; salsa; chorégraphie
#danse #danseuse #hiphop #salsa #choregraphie
semaine de répétition, plus de pieds; appris en une heure; le travail au sol, pas si facile

football
football; jours de match; foot féminin; gestes techniques; district
#football #foot #footfeminin #jourdematch #gestetechnique
but à la dernière minute !!; rien ne vaut un déplacement; la barre depuis le rond central

finance
finances perso; bourse; épargne; budget; investir simplement
#financesperso #bourse #epargne #budget #investir
mes premiers 1 000 euros de côté; les etf en une minute; mois sans dépense, semaine deux

dogs
vie de chien; chiens adoptés; éducation canine; balades; border collie
#chien #viedechien #adoption #educationcanine #bordercollie
pattes sales, chien heureux; adopté, pas acheté; il a aussi mangé l'autre chaussette

cats
chats; chats adoptés; vie de chat; chatons; deux gros chats
#chat #chatsdinstagram #viedechat #chaton #adoptiondechat
le canapé est à elle; 5h, petit-déj, paraît-il; le chat et son carton
""",
)
