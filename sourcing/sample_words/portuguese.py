"""Portuguese words of the sample pool."""

from sourcing.sample_words.vocabulary import vocabulary

PORTUGUESE = vocabulary(
    "pt",
    names="Ana Beatriz Mariana Carolina Inês Matilde Leonor Júlia Larissa Letícia Camila Rafaela Bruna Isabela Luana "
    "João Miguel Tiago Rodrigo Gonçalo Duarte Rafael Gustavo Felipe Lucas Caio Vinícius Thiago Bernardo André",
    surnames="Sampaio Santos Oliveira Pereira Costa Carvalho Almeida Ribeiro Rocha Barbosa Teixeira Correia Mendes "
    "Nunes Cardoso Moreira Pinto Lopes Freitas Monteiro Batista Campos Cunha Saraiva Ramos Araújo Melo Figueiredo",
    frames="""
bios
tudo sobre {a} {e}
{a} {e} {b}
{a} • {b}
{a} e {b} | {city}
{city} | {a}
meu cantinho: {a} e {b}
um pouco de {a} todo dia {e}
{a} sem complicação
aqui tem {a} {e}

plain bios
café e sol em {city} ☀️
dois filhos e muito café 🤍
só eu ✨
sem pressa nenhuma
entre o mar e a serra 🌊
aprendendo todo dia
pequenas coisas, dias grandes

contacts
parcerias por DM 💌
parcerias: mail 📩
contato aqui 👇
publi e parcerias ⬇️

shops
{a} feito à mão em {city} {e} enviamos para todo lado
lojinha de {a}, novidades toda sexta
página oficial 🛒 {a} desde 2018, link abaixo

reposts
inspiração de {a} todo dia {e} marque a gente
o melhor de {a}, créditos no post
sua dose de {a}, conteúdo compartilhado

captions
hoje tem {a} {e}
um pouco de {a} pro seu feed
domingo em {city} {e}
salva pra depois 📌
vídeo novo: {a}
publi | {a} {e}
o que vocês acham? {a}
três coisas sobre {a}
mais {a} esta semana
momento {a}
""",
    niches="""
slow_fashion
moda sustentável; slow fashion; armário cápsula; roupa de linho; brechó; moda consciente
#slowfashion #modasustentavel #armariocapsula #linho #brecho #modaconsciente #sustainablefashion
a camisa de linho pela terceira vez; remendei em vez de comprar 🧵; um vestido, quatro looks

minimal_style
estilo minimalista; looks do dia; peças básicas; tons neutros; guarda-roupa enxuto
#minimalstyle #estilominimalista #capsulewardrobe #lookdodia #basicos
camisa branca, jeans e pronto; dez peças, um mês de looks; bege de novo

sustainable_living
vida sustentável; lixo zero; consumo consciente; casa ecológica; moda sustentável
#vidasustentavel #lixozero #consumoconsciente #sustentabilidade #modasustentavel
cinco coisas que não compro mais; consertar, não trocar; passos pequenos 🌱

streetwear
streetwear; tênis; looks oversized; fit check; camisetas vintage
#streetwear #tenis #fitcheck #streetstyle #modaurbana
direita ou esquerda?; fit check antes do metrô; pela metade do preço

vegan_food
receitas veganas; cozinha vegetal; jantares rápidos; marmitas; vegano barato
#vegano #receitasveganas #semcarne #cozinhavegetal #marmita
grão-de-bico em 15 minutos; ninguém sentiu falta do queijo; três almoços, uma panela

baking
confeitaria; fermentação natural; bolos caseiros; pão; brigadeiro
#confeitaria #fermentacaonatural #bolocaseiro #pao #brigadeiro
dia 3 do fermento; o miolo que eu queria; bolo de cenoura da vó

home_decor
decoração; casa aconchegante; reforma; móveis antigos; apê alugado
#decoracao #casa #reforma #apartamento #minhacasa
antes e depois da entrada; a luminária da feira; pintei de verde e amei

diy
faça você mesmo; costura; artesanato; reciclagem criativa; marcenaria
#diy #artesanato #costura #feitoamao #marcenaria
estante a custo zero; minha primeira camisa costurada; medi uma vez, cortei duas

gardening
jardinagem; horta em casa; plantas; suculentas; varanda verde
#jardinagem #horta #plantas #suculentas #urbanjungle
os primeiros tomates 🍅; o que plantar este mês; lesmas 1, eu 0

parenting
maternidade; vida em família; mãe de gêmeos; criação com apego; lanchinhos
#maternidade #maedemenino #familia #maternidadereal #vidademae
ninguém dormiu, mas tudo bem; lanche, lanche, lanche; o que eu queria ter sabido

fitness
musculação; treino em casa; motivação; hábitos saudáveis; academia
#fitness #musculacao #treino #treinoemcasa #vidasaudavel
recorde no levantamento terra; 20 minutos sem equipamento; descanso também conta

running
corrida; maratona; trilha; meia maratona; começar a correr
#corrida #corridaderua #maratona #trailrun #meiamaratona
28 km antes do café; devagar pra ir rápido; faltam duas semanas

yoga
yoga; respiração; meditação; vinyasa; atenção plena
#yoga #meditacao #respira #yogabrasil #autocuidado
dez minutos de calma; flow leve pro quadril; inspira, expira

travel
viagens; viajar sozinha; lugares escondidos; fim de semana; vida na van
#viagem #viajar #viajarsozinha #fimdesemana #mochilao
trem noturno e acordei aqui; três dias, uma mochila; a vista valeu acordar às 4

photography
fotografia analógica; fotografia de rua; retratos; 35mm; paisagens
#fotografia #analogica #35mm #retrato #fotografiaderua
último filme do verão; uma hora esperando essa luz; editada ou não?

skincare
cuidados com a pele; rotina simples; protetor solar; pele sensível; pele real
#skincare #cuidadoscomapele #rotinadeskincare #protetorsolar #pelereal
meus três passos; pele de verdade é assim; usa protetor, por favor

makeup
maquiagem; look natural; maquiagem barata; noivas; tutorial
#maquiagem #make #tutorialdemake #beleza #grwm
arrume-se comigo pro casamento; delineado em dois minutos; rosto completo gastando pouco

gaming
games; lives; jogos retrô; joguinhos tranquilos; speedrun
#games #gamer #twitchbr #retrogames #jogos
live hoje às 20h; morri pro mesmo chefe; tour pelo setup

tech
tecnologia; programação; casa inteligente; gadgets; análises
#tecnologia #programacao #gadgets #casainteligente #dev
um mês com este celular; minha mesa; o atalho que poupa uma hora

books
livros; leituras; resenhas; fantasia; romances
#livros #bookstagrambrasil #leitura #resenha #leitores
a pilha está mais alta que eu; cinco estrelas e coração partido; li numa noite

music
cantar; músicas autorais; violão; vinil; mpb
#musica #cantora #violao #musicanova #vinil
single novo na sexta; escrevi no ônibus; aumenta o som

dance
dança; contemporâneo; hip hop; samba; coreografia
#danca #samba #hiphop #coreografia #dancarina
semana de ensaio; aprendi em uma hora; o chão é mais difícil do que parece

football
futebol; dia de jogo; futebol feminino; dribles; várzea
#futebol #diadejogo #futebolfeminino #gol #varzea
gol no último minuto!!; fora de casa é melhor; na trave do meio-campo

finance
finanças pessoais; investimentos; economizar; orçamento; renda fixa
#financaspessoais #investimentos #economizar #dinheiro #educacaofinanceira
meus primeiros 1.000 guardados; fundos em um minuto; mês sem gastar

dogs
cachorros; vira-lata caramelo; adestramento; passeios; cão adotado
#cachorro #viralata #adote #adestramento #vidadecao
pata suja, cachorro feliz; adotado; comeu a outra meia também

cats
gatos; gata adotada; vida com gatos; gatinhos; dois gatos peludos
#gatos #gatosdoinstagram #adoteumgato #gatinhos #vidadegato
o sofá agora é dela; 5h, café da manhã, diz ela; o gato e a caixa
""",
)
