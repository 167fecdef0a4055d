"""Turkish, Arabic and Japanese words of the sample pool: few profiles, so only the commonest niches."""

from sourcing.sample_words.vocabulary import vocabulary

TURKISH = vocabulary(
    "tr",
    names="Zeynep Elif Defne Ece Selin Merve Büşra İrem Derya Gizem Emre Mert Can Burak Kerem Deniz Ozan Barış Yusuf",
    surnames="Yıldız Kaya Şahin Aydın Öztürk Arslan Doğan Kılıç Aslan Çetin Koç Kurt Özdemir Şimşek Polat Güneş Aksoy",
    frames="""
bios
{a} {e} {b}
{a} • {b}
{city} | {a}
her gün biraz {a} {e}
{a} ve {b}

plain bios
önce kahve ☕
iki çocuk, bol çay 🤍
sadece ben ✨
{city} 📍

contacts
iş birliği için DM 💌
iş birliği: mail 📩
iletişim aşağıda 👇

shops
el yapımı {a} {e} {city}, kargo var
resmi sayfa 🛒 {a}, link aşağıda

reposts
her gün {a} ilhamı {e} bizi etiketle
en iyi {a} paylaşımları

captions
bugün {a} {e}
{city} sokaklarında bir pazar {e}
sonra için kaydet 📌
yeni video: {a}
reklam | {a}
siz ne dersiniz, {a}?
""",
    niches="""
slow_fashion
yavaş moda; keten kombinler; sürdürülebilir moda; kapsül gardırop; ikinci el
#yavasmoda #slowfashion #keten #surdurulebilirmoda #ikinciel
keten gömlek bu hafta üçüncü kez; tek elbise, dört kombin; diktim, yenisini almadım 🧵

travel
gezi; tek başına seyahat; gizli yerler; hafta sonu rotaları
#gezi #seyahat #gezgin #rota #kesfet
gece treniyle geldim; üç gün, bir çanta; bu manzaraya değdi

fitness
evde egzersiz; güç antrenmanı; sağlıklı yaşam; spor
#fitness #spor #evdespor #saglikliyasam #antrenman
20 dakika, ekipman yok; yeni rekor; dinlenmek de önemli

makeup
makyaj; doğal görünüm; gelin makyajı; uygun fiyatlı ürünler
#makyaj #makeup #guzellik #dogalmakyaj #grwm
düğüne hazırlanıyoruz; iki dakikada eyeliner; günlük makyajım

parenting
annelik; aile hayatı; ikiz annesi; çocuklarla yaşam
#annelik #anneblog #aile #cocuk #ikizannesi
kimse uyumadı ama iyiyiz; atıştırmalık, atıştırmalık; yeni annelere not

baking
tatlı tarifleri; ekşi maya; ev yapımı ekmek; kurabiye
#tarif #eksimaya #tatli #kurabiye #evyapimi
mayanın üçüncü günü; annemin keki; nihayet oldu

gaming
oyun; canlı yayın; retro oyunlar; oyun incelemeleri
#oyun #gaming #yayinci #twitchtr #retro
bu akşam 20'de canlıyız; yine aynı boss; kurulum turu yayında

photography
analog fotoğraf; sokak fotoğrafı; portre; manzara
#fotograf #analog #sokakfotografi #portre #35mm
yazın son filmi; bu ışığı bir saat bekledim; düzenleme var mı yok mu?
""",
)

ARABIC = vocabulary(
    "ar",
    names="مريم=mariam نور=nour ليلى=layla سارة=sara هنا=hana ياسمين=yasmin دانة=dana يوسف=youssef عمر=omar "
    "كريم=karim حسن=hassan زياد=ziad آدم=adam طارق=tarek",
    surnames="خليل=khalil منصور=mansour حداد=haddad فهمي=fahmy الشامي=alshami سالم=salem نجار=najjar رشدي=roshdy "
    "الحسيني=alhusseini عبدالله=abdullah درويش=darwish كنعان=kanaan",
    frames="""
bios
{a} {e} {b}
{a} • {b}
{city} | {a}
كل يوم {a} {e}
{a} و {b}

plain bios
القهوة أولا ☕
العائلة أولا 🤍
أنا فقط ✨
{city} 📍

contacts
للتعاون راسلني 💌
للإعلان: البريد 📩
للتواصل 👇

shops
{a} صناعة يدوية {e} {city}
الصفحة الرسمية 🛒 {a} والرابط بالأسفل

reposts
إلهام يومي {a} {e}
أفضل ما في {a}

captions
اليوم {a} {e}
صباح الخير من {city} {e}
احفظها لوقت لاحق 📌
فيديو جديد: {a}
إعلان | {a}
ما رأيكم في {a}؟
""",
    niches="""
slow_fashion
أزياء مستدامة; ملابس كتان; موضة بطيئة; خزانة بسيطة
#أزياء_مستدامة #كتان #slowfashion #موضة #أناقة
قميص الكتان للمرة الثالثة هذا الأسبوع; فستان واحد بأربع طرق; أصلحته ولم أشتر جديدا 🧵

travel
سفر; رحلات قصيرة; أماكن جميلة; نصائح السفر
#سفر #رحلات #سياحة #السفر #travel
ثلاثة أيام وحقيبة واحدة; المنظر يستحق; وصلت بالقطار الليلي

fitness
تمارين منزلية; لياقة; نمط صحي; رياضة
#لياقة #رياضة #تمارين #صحة #fitness
عشرون دقيقة بدون أدوات; رقم جديد اليوم; الراحة مهمة أيضا

makeup
مكياج; إطلالة طبيعية; مكياج عرايس; عناية
#مكياج #ميكب #جمال #عناية #makeup
استعدوا معي لحفل زفاف; آيلاينر في دقيقتين; مكياجي اليومي

baking
وصفات حلويات; خبز منزلي; كيك سهل; معمول
#وصفات #حلويات #كيك #طبخ #خبز
كيكة جدتي; أخيرا نجحت; الوصفة في التعليقات

photography
تصوير; صور الشارع; بورتريه; مناظر
#تصوير #مصور #عدستي #بورتريه #photography
انتظرت هذا الضوء ساعة; آخر فيلم في الصيف; بدون تعديل

gaming
ألعاب; بث مباشر; ألعاب قديمة; مراجعات ألعاب
#ألعاب #قيمنق #بث_مباشر #gaming #جيمر
بث الليلة الساعة ٨; نفس الزعيم مرة أخرى; جولة في غرفتي
""",
)

JAPANESE = vocabulary(
    "ja",
    names="陽菜=hina 結衣=yui 美咲=misaki さくら=sakura 葵=aoi 凛=rin 花=hana まゆ=mayu 蓮=ren 悠斗=yuto 大翔=haruto "
    "健太=kenta 翔=sho 拓海=takumi 直樹=naoki",
    surnames="佐藤=sato 高橋=takahashi 田中=tanaka 渡辺=watanabe 伊藤=ito 中村=nakamura 小林=kobayashi 加藤=kato "
    "吉田=yoshida 山本=yamamoto 松本=matsumoto 井上=inoue 木村=kimura 清水=shimizu",
    frames="""
bios
{a} {e} {b}
{a}と{b}
{city}在住|{a}
{a}のある暮らし {e}
毎日{a} {e}

plain bios
コーヒーが好き ☕
家族四人暮らし 🤍
{city} 📍
のんびり更新中 ✨

contacts
お仕事のご依頼はDMへ 💌
PRのご相談はメールで 📩
お問い合わせはこちら 👇

shops
{a}の小さなお店 {e} {city}
公式アカウント 🛒 {a}

reposts
{a}まとめ {e} タグ付けしてね
毎日の{a}アイデア

captions
今日の{a} {e}
{city}の日曜日 {e}
あとで見返してね 📌
新しい動画です|{a}
PR|{a}
みなさんは{a}どうですか?
""",
    niches="""
slow_fashion
リネンの服; サステナブルファッション; 着回しコーデ; 長く着る服
#リネン #サステナブルファッション #着回しコーデ #slowfashion #ナチュラルコーデ
今週三回目のリネンシャツ; ワンピース一枚で四通り; 繕って、また着る 🧵

travel
旅行; ひとり旅; 週末旅; 穴場スポット
#旅行 #ひとり旅 #国内旅行 #絶景 #旅行好きな人と繋がりたい
夜行列車でここまで; 三日間、リュックひとつ; 早起きしてよかった

fitness
筋トレ; 宅トレ; ヨガ; 健康習慣
#筋トレ #宅トレ #ダイエット #健康 #fitness
道具なしで20分; 自己ベスト更新; 休む日も大事

makeup
メイク; プチプラコスメ; ナチュラルメイク; 毎日メイク
#メイク #プチプラ #コスメ #ナチュラルメイク #makeup
結婚式の準備; 二分アイライン; 今日のメイク

baking
お菓子作り; パン作り; 天然酵母; 簡単おやつ
#お菓子作り #手作りパン #おうちカフェ #焼き菓子 #baking
酵母三日目; やっとふわふわに; おばあちゃんのケーキ

photography
フィルム写真; 街角スナップ; ポートレート; 風景写真
#フィルム写真 #写真好きな人と繋がりたい #ポートレート #35mm #風景
夏最後のフィルム; 一時間待った光; 加工なし

gaming
ゲーム実況; レトロゲーム; まったりゲーム; 配信
#ゲーム #ゲーム実況 #レトロゲーム #配信 #gaming
今夜八時から配信; また同じボスで負けた; デスク紹介

cats
猫; 保護猫; 猫との暮らし; ねこ二匹
#猫 #ねこ部 #保護猫 #猫のいる暮らし #cat
ソファは彼女のもの; 朝五時のごはん; 猫と箱
""",
)
