"""Spanish words of the sample pool."""

from sourcing.sample_words.vocabulary import vocabulary

SPANISH = vocabulary(
    "es",
    names="Lucía Sofía Martina María Paula Carla Alba Noa Julia Elena Carmen Irene Marta Ainhoa Valentina Camila "
    "Ximena Hugo Mateo Martín Leo Daniel Alejandro Pablo Álvaro Adrián Diego Javier Marcos Iker Bruno Santiago Emilio",
    surnames="García Navarro Torres Domínguez Vázquez Ramos Gil Serrano Molina Morales Ortega Delgado Castro Ortiz "
    "Rubio Marín Sanz Iglesias Medina Garrido Cortés Castillo Lozano Guerrero Cano Prieto Herrera Peña Vega Aguilar",
    frames="""
bios
todo sobre {a} {e}
{a} {e} {b}
{a} • {b}
{a} y {b} desde {city}
{city} | {a}, {b}
mi rincón de {a} y {b}
un poco de {a} cada día {e}
amante de {a} {e}
{a} sin complicarse
comparto {a}, {b} y mi día a día

plain bios
café y sol en {city} ☀️
dos peques y poco sueño 🤍
solo yo ✨
siempre tarde, nunca con prisa
entre el mar y la montaña 🌊
aprendiendo cada día
pequeñas cosas, grandes días
de {city} al mundo

contacts
colaboraciones por DM 💌
colabs por mail 📩
contacto abajo 👇
colaboraciones abiertas 🤝
collabs ⬇️

shops
{a} hecho a mano en {city} {e} envíos a todo el mundo
tienda pequeña de {a}, novedades cada viernes
página oficial 🛒 {a} desde 2018, enlace abajo

reposts
inspiración diaria de {a} {e} etiquétanos
lo mejor de {a}, créditos en el post
tu dosis diaria de {a}, contenido compartido

captions
hoy toca {a} {e}
un poco de {a} para tu feed
domingo en {city} {e}
guárdalo para luego 📌
nuevo vídeo: {a}
publi | {a} {e}
¿qué opináis de {a}?
tres cosas sobre {a}
más {a} esta semana, contadme
momento {a}
""",
    niches="""
slow_fashion
moda sostenible; slow fashion; armario cápsula; ropa de lino; segunda mano; moda ética
#slowfashion #modasostenible #armariocapsula #lino #segundamano #modaetica #sustainablefashion
la camisa de lino por tercera vez esta semana; remendado y como nuevo 🧵; un vestido, cuatro looks
30 usos y sigue siendo mi favorito

minimal_style
estilo minimalista; looks de diario; básicos atemporales; tonos neutros; fondo de armario
#minimalstyle #estilominimalista #fondodearmario #capsulewardrobe #lookdeldia #basicos
camisa blanca, buen vaquero y listo; diez prendas, un mes de looks; otra vez beige

sustainable_living
vida sostenible; residuo cero; consumo consciente; hogar ecológico; moda sostenible
#vidasostenible #residuocero #zerowaste #consumoconsciente #modasostenible
cinco cosas que ya no compro; reparar antes que tirar; pasos pequeños 🌱

streetwear
streetwear; zapatillas; looks oversize; fit check; camisetas vintage
#streetwear #zapatillas #fitcheck #streetstyle #outfit
¿izquierda o derecha?; fit check antes del metro; a mitad de precio

vegan_food
recetas veganas; cocina vegetal; cenas rápidas; batch cooking; vegano barato
#vegano #recetasveganas #cocinavegetal #veganos #batchcooking
curry de garbanzos en 15 minutos; nadie echó de menos el queso; tres comidas, una sartén

baking
repostería; masa madre; tartas caseras; recetas dulces; bizcochos
#reposteria #masamadre #tartas #hechoencasa #bizcocho
día 3 con la masa madre; por fin esa miga; el bizcocho de la abuela

home_decor
decoración; hogar acogedor; reformas; muebles vintage; mi casa
#decoracion #hogar #decohogar #reforma #vintage
antes y después de la entrada; la lámpara del rastro; lo pinté de verde y me encanta

diy
manualidades; costura; upcycling; bricolaje; restaurar muebles
#diy #manualidades #costura #hechoamano #bricolaje
una estantería por cero euros; mi primera camisa cosida; medí una vez, corté dos

gardening
huerto urbano; plantas; jardinería; balcón verde; suculentas
#huertourbano #plantas #jardineria #balcon #suculentas
primeros tomates 🍅; qué sembrar este mes; caracoles 1, yo 0

parenting
maternidad; vida en familia; crianza respetuosa; mellizos; meriendas
#maternidad #familia #crianzarespetuosa #mamablogger #vidademama
nadie durmió pero aquí estamos; merienda, merienda, merienda; lo que me habría gustado saber

fitness
fuerza; entreno en casa; motivación; hábitos saludables; gimnasio
#fitness #entrenamiento #gym #entrenaencasa #vidasana
nuevo récord en peso muerto; 20 minutos sin material; descansar también cuenta

running
correr; maratón; trail; media maratón; empezar a correr
#running #correr #maraton #trailrunning #mediamaraton
28 km antes del desayuno; correr lento para ir rápido; dos semanas para la salida

yoga
yoga; atención plena; respiración; vinyasa; meditación
#yoga #meditacion #mindfulness #yogaencasa #respira
diez minutos de calma; flow suave para las caderas; inhala, exhala

travel
viajes; viajar sola; rincones secretos; escapadas; vida en furgo
#viajes #viajarsola #escapadas #rincones #vanlife #viajeros
tren nocturno y despertar aquí; tres días, una mochila; las vistas valían el madrugón

photography
fotografía analógica; foto callejera; retratos; 35mm; paisajes
#fotografia #analogica #35mm #retrato #fotocallejera
último carrete del verano; una hora esperando esta luz; ¿editada o no?

skincare
cuidado de la piel; rutina sencilla; protector solar; piel sensible; cosmética natural
#skincare #cuidadodelapiel #rutinafacial #protectorsolar #piel
mis tres pasos por la mañana; así es una piel real; ponte protector, por favor

makeup
maquillaje; looks naturales; maquillaje low cost; novias; tutoriales
#maquillaje #makeup #tutorial #beauty #grwm
nos arreglamos para una boda; delineado en dos minutos; cara completa por menos de 20

gaming
videojuegos; directos; juegos retro; juegos cozy; speedrun
#gaming #videojuegos #twitchesp #retro #gamer
directo hoy a las 22; otra vez muerto en el mismo jefe; tour por mi setup

tech
tecnología; programación; casa inteligente; gadgets; reviews
#tecnologia #programacion #gadgets #domotica #review
un mes con este móvil; mi mesa de trabajo; el atajo que me ahorra una hora

books
libros; lecturas; reseñas; novela fantástica; novela negra
#bookstagram #libros #lectura #reseñas #leer
mi pila ya es más alta que yo; cinco estrellas y el corazón roto; leído en una noche

music
cantar; canciones propias; guitarra; vinilos; música indie
#musica #cantautora #guitarra #nuevacancion #vinilo
single nuevo el viernes; la escribí en el bus; sube el volumen

dance
baile; danza contemporánea; hip hop; salsa; coreografía
#baile #danza #hiphop #salsa #coreografia
semana de ensayos; aprendido en una hora; el suelo es más difícil de lo que parece

football
fútbol; día de partido; fútbol femenino; regates; liga de barrio
#futbol #diadepartido #futbolfemenino #regates #gol
¡gol en el descuento!; fuera de casa se vive mejor; al larguero desde el centro

finance
finanzas personales; inversión; ahorro; presupuesto; fondos indexados
#finanzaspersonales #ahorro #inversion #presupuesto #dinero
cómo ahorré mis primeros 1.000; fondos indexados en un minuto; mes sin gastos

dogs
perros; perro adoptado; adiestramiento; paseos; galgos
#perros #adoptanocompres #adiestramiento #galgo #vidadeperro
patas sucias, perro feliz; adoptado; también se comió el otro calcetín

cats
gatos; gata adoptada; vida con gatos; gatitos; dos gatos peludos
#gatos #gatosdeinstagram #adopta #gatitos #vidadegato
el sofá ya es suyo; las 5, desayuno, dice; el gato y su caja
""",
)
