"""English words of the sample pool."""

from sourcing.sample_words.vocabulary import vocabulary

ENGLISH = vocabulary(
    "en",
    names="Amelia Olivia Isla Ava Freya Grace Hannah Ruby Ella Chloe Megan Sophie Jess Zoe Nia Priya Aisha Imani Maya "
    "Rosie Harriet Beth Oliver Jack Harry Noah Tom Ben Sam Theo Ryan Liam Dylan Kofi Arjun Marcus Ethan Callum Owen",
    surnames="Walker Hughes Bennett Clarke Copley Ward Hollis Reid Merrick Kelly Doyle Brooks Hayes Patel Okafor "
    "Mensah Shah Morgan Griffin Fletcher Marsh Barton Sutton Lowe Pearce Holt Winters Barker Ashworth Nolan Whitfield",
    frames="""
bios
all things {a} {e}
{a} {e} {b}
{a} • {b}
{a} & {b} from {city}
{city} based, mostly {a}
sharing {a}, {b} and bits of everyday life
too much {a}, not enough sleep {e}
{a} made simple {e}
a small corner of the internet for {a}
{a} for real people

plain bios
coffee first, everything else later ☕
learning as i go ✨
probably lost somewhere in {city} 📍
two kids, one dog, a house by the sea 🌊
{city}, with a camera roll problem
be kind 🤍
part time creator, full time daydreamer
here for the good light

contacts
DM for collabs 💌
collabs: see below 👇
business enquiries by mail 📩
open for collabs 🤝
work with me ⬇️
pr friendly

shops
{a} made by hand in {city} {e} we ship worldwide
small {a} shop, new drop every friday
official page, {a} since 2019 🛒 order through the link

reposts
daily {a} inspo {e} DM for features
the best of {a} in one place, credit in tags
your daily dose of {a}, not our content

captions
{a} kind of day {e}
a little {a} for your feed
more {a} coming this week, tell me what you want to see
sunday in {city} {e}
save this for later
new video is up: {a}
AD | {a}, and i really use it
honest question, how do you feel about {a}?
back in {city} and back to {a}
three things i learned about {a}
""",
    niches="""
slow_fashion
slow fashion; capsule wardrobe; sustainable style; linen outfits; second hand finds; ethical wardrobe; outfit repeating
#slowfashion #capsulewardrobe #sustainablefashion #linen #ethicalfashion #wearwhatyouhave #secondhandstyle
third time this week in the linen shirt, no regrets; 30 wears and counting; mended the elbow instead of buying new
one dress, four ways to wear it; who made my clothes? ask them; thrifted the trousers, borrowed the jacket 🌿

minimal_style
minimal style; everyday outfits; neutral outfits; wardrobe basics; timeless pieces; quiet outfits
#minimalstyle #capsulewardrobe #ootd #neutralstyle #wardrobebasics #timelessstyle #everydayoutfit
white shirt, good jeans, done; ten pieces, a whole month of outfits; beige again, surprise
the coat that goes with everything; fewer clothes, easier mornings

sustainable_living
sustainable living; zero waste; low waste swaps; sustainable fashion; conscious living; eco friendly home
#sustainableliving #zerowaste #sustainablefashion #lowwaste #ecofriendly #consciousliving
five swaps that saved us money; progress, not perfection 🌱; our bin after one month, see for yourself
repaired, not replaced; what i stopped buying this year

streetwear
streetwear; sneaker rotation; oversized fits; fit checks; vintage tees
#streetwear #sneakerhead #fitcheck #ootd #streetstyle #kicks
fit check before the train; which pair, left or right?; copped these for half the price
layers on layers on layers

vegan_food
vegan recipes; plant based cooking; easy vegan dinners; meal prep; vegan on a budget
#vegan #plantbased #veganrecipes #veganfood #whatveganseat #mealprep
15 minute chickpea curry, recipe below; you will not miss the cheese; lunch for three days in one pan

baking
baking; sourdough; layer cakes; easy bakes; cinnamon buns
#baking #sourdough #homebaking #cakesofinstagram #bakersgonnabake
day 3 of feeding the starter; the crumb i was hoping for; lemon drizzle, third try, finally

home_decor
home decor; cosy interiors; renter friendly ideas; vintage furniture; our old house
#homedecor #interiorinspo #cosyhome #rentedhome #myhomevibe #vintageinterior
before and after of the hallway; the five pound lamp from the charity shop; painted it green and i love it

diy
diy projects; upcycling; furniture flips; sewing; woodworking
#diy #upcycling #makersgonnamake #furnitureflip #sewing #handmade
measured once, cut twice, oops; the bookshelf that cost nothing; sewing my first shirt, wish me luck

gardening
gardening; allotment life; balcony garden; growing vegetables; houseplants
#gardening #allotmentlife #growyourown #balconygarden #plantparent
first tomatoes of the year 🍅; what to sow this month; slugs 1, me 0

parenting
motherhood; family life; gentle parenting; life with twins; toddler meals
#motherhood #familylife #gentleparenting #mumlife #toddlerlife
nobody slept but we are fine; snacks, snacks, snacks; what i wish i had known as a new mum

fitness
strength training; home workouts; gym motivation; healthy habits; lifting
#fitness #gymlife #strengthtraining #homeworkout #fitfam #legday
new deadlift pb today; 20 minutes, no equipment, no excuses; rest days count too

running
running; marathon training; trail running; parkrun; couch to 5k
#running #marathontraining #trailrunning #runhappy #parkrun
18 miles before breakfast; slow runs make fast legs; race day in two weeks, send help

yoga
yoga; mindful mornings; breathwork; vinyasa flow; meditation
#yoga #yogaeveryday #breathwork #mindfulness #yogateacher
ten quiet minutes before the day starts; a soft flow for tired hips; inhale, exhale, repeat

travel
slow travel; solo travel; hidden gems; weekend trips; van life; travel tips
#travel #solotravel #hiddengems #weekendgetaway #vanlife #wanderlust
took the night train and woke up here; three days, one backpack; the view was worth the 4am alarm

photography
film photography; street photography; portraits; 35mm; landscapes
#filmphotography #35mm #streetphotography #portraitphotography #shotonfilm
last roll of the summer; waited an hour for this light; edited or straight from the camera?

skincare
skincare; skin barrier; spf every day; acne positivity; simple routines
#skincare #skincareroutine #spf #glowingskin #skinpositivity
my three step morning; this is what real skin looks like; wear your sunscreen, please

makeup
makeup; soft glam; drugstore makeup; bridal makeup; everyday looks
#makeup #softglam #makeuptutorial #mua #drugstoremakeup #grwm
grwm for a wedding; the two minute eyeliner trick; full face under 20

gaming
gaming; cosy games; speedruns; retro consoles; live streams
#gaming #cosygamer #twitchstreamer #retrogaming #speedrun
live tonight at 8; died to the same boss again; my setup tour is finally up

tech
tech reviews; coding; smart home; gadgets; open source
#tech #coding #gadgets #smarthome #devlife
a month with this phone, honest take; my desk for deep work; one shortcut that saves me an hour

books
books; cosy reads; book reviews; fantasy novels; reading challenges
#bookstagram #booktok #currentlyreading #bookreview #tbr
tbr is now taller than me; five stars and a broken heart; read this in one sitting

music
singing; songwriting; guitar covers; vinyl; indie music
#singersongwriter #newmusic #guitarcover #indiemusic #vinylcollection
new single out on friday; wrote this on the bus; sound on for the bridge

dance
dance; contemporary; hip hop dance; salsa; choreography
#dance #choreography #hiphopdance #salsa #dancersofinstagram
rehearsal week, feet are gone; learned this in an hour; floor work is harder than it looks

football
football; match days; women's football; football skills; sunday league
#football #matchday #womensfootball #footballskills #sundayleague
last minute winner!!; away days are the best days; hit the bar from the halfway line

finance
personal finance; investing basics; saving money; budgeting; index funds
#personalfinance #investing #moneytips #budgeting #savingmoney
how i saved my first 1,000; index funds in one minute; no spend month, week two

dogs
dogs; rescue dogs; puppy training; dog walks; spaniel life
#dogsofinstagram #rescuedog #puppytraining #dogmum #spaniel
muddy paws, happy dog; adopted not shopped; he ate the other sock too

cats
cats; rescue cats; cat mum life; kittens; two fluffy cats
#catsofinstagram #rescuecat #catmum #kitten #catlife
she owns the sofa now; 5am, breakfast, apparently; foster fail number two
""",
)
