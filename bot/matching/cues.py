"""Words by which two texts on one matter contradict each other, by language: lists, not grammar.

`NOT`: words that deny a statement. What only forbids ("do not drink it") stands in `FORBID` and is taken out first: a warning
is part of most rumours. A cue that ends in `*` is the beginning of a word, one that begins with `*` its end. `POLES` are pairs
of opposites: a text may stand on one side of each.

Not written by native speakers of all these languages. A cue too many costs an automatic answer (a person answers instead); a
cue too few is caught, at the worst, by the resident: every answer says which rumour it answers.
"""

NOT: dict[str, str] = {
    "en": "not isnt arent wasnt doesnt didnt cant cannot couldnt wont wouldnt hasnt havent never no nobody none neither nor",
    "ur": "نہیں نہیں۔ ناہی غیر",
    "pa": "ਨਹੀਂ ਨਹੀ ਨਈਂ ਨੀਂ",
    "pa-Arab": "نئیں نہیں",
    "bn": "নয় নেই নাই নি না নহে হয়নি করেনি",
    "hi": "नहीं नहीँ नही",
    "gu": "નથી નહીં નહિ નથી",
    "pl": "nie nigdy nikt żaden żadna żadne brak",
    "ro": "nu niciun nicio nimeni niciodată",
    "ar": "لا ليس ليست لن لم غير مو مش ما لیس",
    "so": "ma maaha maha maya aanay aanu lama kuma kama uma lagama loogama iskuma",
    "ps": "نه نشته نۀ",
    "ckb": "نییە نیە نا نە ناکات نابێت نابن نادات نەبوو ناکرێت نەکراوە نادرێت دانا*",
    "kmr": "ne nîne nabe nake nayê nehat tune nakin nabin",
    "fa": "نیست نیستند نه ندارد ندارند نداره نمی* نشده نکرده نباید نخواهد نمی‌شود",
    "fa-AF": "نیست نیستند نی ندارد نمی* نشده نخواهد",
    "fr": "pas jamais aucun aucune nul personne ni",
    "pt": "não nunca nenhum nenhuma ninguém nem",
    "es": "no nunca ningún ninguna nadie tampoco ni",
    "it": "non nessun nessuno nessuna mai né",
    "lt": "ne nėra niekada negali nereikia nebus nebėra nesukelia nėra",
    "lv": "nav ne nekad nebūs neizraisa nevar netiks",
    "cs": "ne není nejsou nebude nebudou nemá nemusí nezpůsobuje nikdy žádný žádná",
    "sk": "nie nebude nebudú nemá nemusí nespôsobuje nikdy žiadny žiadna",
    "hu": "nem nincs nincsenek sem soha",
    "bg": "не няма нито никога никой",
    "ru": "не нет ни никогда никто",
    "uk": "не немає нема ні ніколи ніхто",
    "tr": "değil yok hiçbir asla *mıyor *miyor *muyor *müyor *maz *mez *mayacak *meyecek",
    "vi": "không chưa chẳng chả",
    "ta": "இல்லை அல்ல இல்லாத *ாது *வில்லை",
    "ne": "छैन होइन हुँदैन छैनन् *दैन *दैनन्",
    "sq": "nuk s'ka jo as asnjë s'është",
    "rmy": "nai nane naj či nane",
    "ti": "ኣይኮነን የለን ኣይ* ዘይ*",
    "am": "አይደለም የለም አይ* አል* የሉም",
    "zh": "不 没 沒 無 无 非 未 冇 唔",
    "ur-Latn": "nahi nahin nai nhi nahee",
    "phr": "نئیں نہیں",
    "syl": "নায় নাই না",
    "de": "nicht kein keine keinen nie",
    "nl": "niet geen nooit",
    "sw": "si hakuna sio siyo hai* hawa* hata*",
    "id": "tidak bukan belum tak",
    "ha": "ba babu bai",
    "tl": "hindi wala",
    "mr": "नाही नाहीत नको",
}

FORBID: dict[str, str] = {
    "en": r"(?:^|[.!?,;:]\s*|\b(?:please|pls|so|and|guys|just|people|everyone)\s+)(?:do\s+not|don'?t|never)\b|\b(?:must|should)\s*(?:not|n'?t)\b|\bnobody\s+(?:must|should)\b",
    "bn": r"\S+(?:েন|ইয়েন|িও|ো)\s+না\b",
    "pl": r"\bnie\s+\w+(?:cie|my)\b|\bnie\s+(?:pij|jedz|bierz|idź|klikaj|otwieraj|rób|szczep)\b",
    "ro": r"\b(?:să\s+)?nu(?:-\w+)?\s+\w+(?:ți|ti)\b|\bsă\s+nu\b|\bnu\s+(?:mânca|bea|lua|merge|intra)\b",
    "fr": r"\b(?:ne\s+)?\w+(?:ez|ons)\s+(?:pas|jamais)\b(?<!vous)|^(?:ne\s+)?(?:bois|mange|prends|va|clique)\s+pas\b",
    "es": r"\bno\s+(?:tom|beb|vay|com|abr|pong|us|hag|deis|den|lleves|lleven|pinch|vacun|salg)\w*\b",
    "pt": r"\bnão\s+(?:beb|tom|com|abr|us|fa[çc]|clique|saia|leve)\w*\b|\bnão\s+vá\b",
    "ar": r"\bلا\s+ت\w+(?:وا|ي)\b",
    "it": r"\bnon\s+(?:bev|prend|mangi|and|apr|cliccat)\w*\b",
    "hu": r"\bne\s+\w+",
    "ru": r"\bне\s+\w+(?:йте|ите|ьте)\b",
    "uk": r"\bне\s+\w+(?:йте|іть|ьте)\b",
    "zh": r"(?:不要|别|別|勿|不得|唔好|切勿)",
    "tr": r"\b\w+(?:mayın|meyin)\b",
    "so": r"\bha\s+\w+(?:ina|in)\b",
    "vi": r"\bđừng\b",
}

POLES: tuple[tuple[str, str], ...] = (
    (  # safe / dangerous
        "safe harmless clean healthy drinkable محفوظ صاف ਸੁਰੱਖਿਅਤ ਸਾਫ਼ নিরাপদ পরিষ্কার सुरक्षित साफ સલામત સુરક્ષિત ચોખ્ખું "
        "bezpieczna bezpieczne bezpieczny bezpiecznie sigur sigură sigure آمنة آمن سليمة صالحة ammaan badbaado nabdoon امن سالم خوندي "
        "سەلامەت پاکە sûr sûre potable segura seguro بی‌خطر سالمه sicura sicuro potabile güvenli безопасна безопасно безопасен безпечна "
        "безпечно an_toàn பாதுகாப்பானது सुरक्षित biztonságos bezpečná bezpečné saugus saugi drošs droša 安全 mehfooz ewle i_sigurt "
        "እንቅጥቃጠ ደህንነቱ ውሑስ",
        "poison* toxic contaminated dangerous deadly unsafe زہر زہریلا خطرناک ਜ਼ਹਿਰ ਖ਼ਤਰਨਾਕ বিষ বিষাক্ত ज़हर जहर खतरनाक ઝેર ઝેરી "
        "zatruta zatruł zatrute otrăvit* مسموم مسمومة سامة خطير sumeysan sumeeyey زهر ژەهر* ژەهر empoisonn* toxique envenen* "
        "veneno سمی مسموم avvelenat* zehir* отравлен* отруєн* độc விஷம் विष mérgez* otráven* nuodai 有毒 毒 zeher zehar ተመሪዙ መርዝ",
    ),
    (  # open / closed
        "open opens reopen* کھلے کھلا کھلی ਖੁੱਲ੍ਹੇ ਖੁੱਲ੍ਹਾ ਖੁੱਲ੍ਹਣਗੇ খোলা खुले खुला खुलेंगे ખુલ્લી ખુલ્લા ખુલ્લું otwarte otwarta "
        "otwarty deschise deschis deschisă مفتوحة مفتوح تفتح furan furnaan باز بازه خلاص پرانیستی کراوەیە کراوەن کراوە ouvert ouverte "
        "ouvertes ouverts reste_ouverte abiertas abierta abierto abertas aberta aberto aperte aperto açık открыты открыт відкриті "
        "mở திறந்திருக்கும் खुला nyitva otevřené otvorené atviros atvērtas 开放 开门 khule khula ",
        "close* closed shut* بند ਬੰਦ বন্ধ बंद बन्द બંધ zamyk* zamkn* închi* închid* مغلق* مقفل* تغلق تسكر xiran xira* la_xirayaa تړل تړلي "
        "داخ* دادەخ* ferm* cierran cerrar* cerrad* fecham fechar* fechad* تعطیل* بسته می‌بندن chius* kapal* kapan* закры* закри* "
        "đóng மூடப்படும் zárva bezár* zavřen* zatvor* uždar* slēg* 关闭 关门 band mbyll*",
    ),
    (  # free / to be paid
        "free مفت ਮੁਫ਼ਤ ਮੁਫਤ ফ্রি বিনামূল্যে मुफ्त मुफ़्त निःशुल्क મફત bezpłatn* darmow* gratuit* gratis مجان* مجاناً bilaash رایگان وړیا "
        "بەخۆڕایی بێبەرامبەر bedava ücretsiz бесплатн* безкоштовн* miễn_phí இலவசம் निःशुल्क ingyenes zdarma zadarmo nemokam* bezmaksas "
        "免费 muft falas belaş",
        "pay cost* charge* fee fees fined quid پیسے جرمانہ ਪੈਸੇ ਜੁਰਮਾਨਾ ਲੱਗਣਗੇ টাকা জরিমানা पैसे जुर्माना પૈસા દંડ płaci* zapłac* kary "
        "plăt* amendă تدفع غرامة lacag ganaax* پیسې جريمه پارە غەرامەت payer amende pagar multa* پول جریمه pagare öde* плат* "
        "trả_tiền கட்டணம் fizet* platit mokėti maksāt 付费 paise jurmana paguaj*",
    ),
    (  # true / false
        "true confirmed سچ ਸੱਚ সত্য सच सच्च سچه सत्य prawda adevărat صحيح راست ڕاستە vrai verdad verdade vero doğru правда đúng",
        "false fake hoax rumour rumor untrue myth lies جھوٹ جھوٹی افواہ افواہ ਝੂਠ ਝੂਠੀ ਅਫ਼ਵਾਹ ਅਫਵਾਹ মিথ্যা গুজব ভুয়া झूठ झूठी अफवाह "
        "अफ़वाह फर्जी ખોટી_વાત અફવા જુઠ્ઠું fałsz* plotka plotki nieprawda kłamstwo fals falsă zvon zvonuri minciună fake كذب كاذب* إشاعة "
        "شائعة اشاعة شایعه دروغ دروغه beeno borato شایعه درواغ اوازه درۆ درۆیە پڕوپاگەندە faux fausse rumeur intox mensonge "
        "falso falsa bulo mentira rumor boato bufala falso yalan asılsız ложь слух фейк неправда вигадка tin_giả பொய் வதந்தி झुटो अफवाह "
        "hazugság álhír lež nepravda klamstvo melas meli 假 谣言 謠言 jhoot jhooth afwah rremë gënjeshtër ሓሶት ሐሰት",
    ),
    (  # causes / protects
        "protect* prevent* بچاتا بچاتی حفاظت ਬਚਾਉਂਦਾ ਬਚਾਉਂਦੀ ਬਚਾਅ রক্ষা सुरक्षा बचाता बचाती રક્ષણ બચાવે chroni zapobiega protejează "
        "previne يحمي تحمي يقي ilaaliya ka_hortag* محافظت ساتنه ژغوري دەپارێزێت پارێز* protège empêche protege previene previne "
        "protegge previene korur önler защищает захищає bảo_vệ பாதுகாக்கிறது जोगाउँछ véd chrání chráni apsaugo aizsargā 保护 预防 "
        "bachata bachati mbron",
        "cause* kills پیدا شکار ਕਰ_ਦਿੰਦਾ हो_जाता થાય powoduj* cauz* يسبب تسبب keen* keena* سبب اخته تووشی provoqu* "
        "rend rendent causa provoca vuelve باعث sebep neden вызыва* спричин* gây okoz* způsob* spôsob* sukelia izraisa 导致 引起 "
        "shkakto*",
    ),
    (  # goes ahead / cancelled
        "ahead usual normal* scheduled continue* معمول ਆਮ স্বাভাবিক यथावत रोज_की_तरह રાબેતા normalnie normal عادي كالمعتاد sidii_caadiga "
        "طبق_معمول معمولي ئاسایی normalement comme_prévu normalidad como_siempre normalmente come_previsto normal normaal обычно звичай* "
        "bình_thường szokásos 照常 mamool",
        "cancel* postpone* stopped منسوخ ਰੱਦ বাতিল रद्द રદ odwoł* anulat* ألغي إلغاء baajis* la_baajiyay لغو هەڵوەشا* annul* "
        "cancel* suspend* iptal отмен* скасов* hủy ரத்து lemond* zrušen* atšaukt* atcelt* 取消 anulu*",
    ),
    (  # anybody / only some
        "everyone anyone anybody سب ਸਭ ਹਰ সবাই যে_কেউ सब सभी हर બધા દરેક wszyscy każdy każdemu wszystkim oricine toți tuturor "
        "الجميع كل qof_kasta dhammaan همه هرکس هرچا ټولو هەمووان هەموو tous todo todos qualquer cualquiera tutti chiunque herkes все всем "
        "усі всім mọi_người அனைவருக்கும் सबै mindenki všichni všetci visi 所有人 任何人 ",
        "only صرف ਸਿਰਫ਼ ਸਿਰਫ শুধু ছাড়া सिर्फ केवल ફક્ત માત્ર tylko doar numai فقط إلا keliya يوازې تەنها seulement solo sólo só "
        "apenas soltanto sadece только тільки chỉ மட்டும் मात्र csak jen iba tik tikai 只 仅 sirf vetëm",
    ),
)
"""Words with `_` stand for a space."""

DAYS: tuple[str, ...] = (
    "monday پیر ਸੋਮਵਾਰ সোমবার सोमवार સોમવાર poniedziałk* luni الاثنين الإثنين isniin* دوشنبه دوشنبې دووشەممە* lundi segunda-feira "
    "lunes lunedì pazartesi понедельник* понеділ* понеделник thứ_hai திங்கள் सोमबार hétfő* pondělí pondelok pirmadien* pirmdien* 星期一 周一 peer "
    "somvar hënë duşem* ሰኑይ ሰኞ",
    "tuesday منگل ਮੰਗਲਵਾਰ মঙ্গলবার मंगलवार મંગળવાર wtorek wtork* marți الثلاثاء talaad* سه‌شنبه سێشەممە* mardi terça-feira martes martedì "
    "salı вторник* вівтор* thứ_ba செவ்வாய் kedd* úterý utorok antradien* otrdien* 星期二 周二 mangal martë sêşem* ሰሉስ ማክሰኞ",
    "wednesday بدھ ਬੁੱਧਵਾਰ বুধবার बुधवार બુધવાર środ* miercuri الأربعاء arbac* چهارشنبه چوارشەممە* mercredi quarta-feira miércoles mercoledì "
    "çarşamba сред* серед* сряда thứ_tư புதன் szerd* středa streda trečiadien* trešdien* 星期三 周三 budh mërkurë çarşem* ረቡዕ",
    "thursday جمعرات ਵੀਰਵਾਰ বৃহস্পতিবার गुरुवार બૃહસ્પતિવાર ગુરુવાર czwart* joi الخميس khamiis* پنجشنبه پێنجشەممە* jeudi quinta-feira jueves "
    "giovedì perşembe четверг* четвер* четвъртък thứ_năm வியாழன் csütörtök* čtvrtek štvrtok ketvirtadien* ceturtdien* 星期四 周四 jumerat enjte "
    "pêncşem* ሓሙስ ሐሙስ",
    "friday جمعہ جمعے ਸ਼ੁੱਕਰਵਾਰ শুক্রবার शुक्रवार શુક્રવાર piąt* vineri الجمعة jimc* جمعه هەینی vendredi sexta-feira viernes venerdì cuma "
    "пятниц* п'ятниц* петък thứ_sáu வெள்ளி péntek* pátek piatok penktadien* piektdien* 星期五 周五 jumma premte în ዓርቢ ዓርብ",
    "saturday ہفتہ ہفتے ਸ਼ਨੀਵਾਰ ਸ਼ਨਿੱਚਰਵਾਰ শনিবার शनिवार શનિવાર sobot* sâmbătă السبت sabti* شنبه شەممە* samedi sábado sabato cumartesi суббот* субот* "
    "събота thứ_bảy சனி szombat* sobota šeštadien* sestdien* 星期六 周六 shtunë şemî ቀዳም ቅዳሜ",
    "sunday اتوار ਐਤਵਾਰ রবিবার रविवार રવિવાર niedziel* duminică الأحد axad* یکشنبه یەکشەممە* dimanche domingo domenica pazar воскресень* неділ* "
    "неделя chủ_nhật ஞாயிறு आइतबार vasárnap* neděle nedeľa sekmadien* svētdien* 星期日 星期天 周日 itwar diel yekşem* ሰንበት እሁድ",
)
MONTHS: tuple[str, ...] = (
    "january جنوری ਜਨਵਰੀ জানুয়ারি जनवरी જાન્યુઆરી* stycz* ianuarie يناير janaayo ژانویه جنوری* janvier janeiro enero gennaio ocak январ* січ* януари",
    "february فروری ਫ਼ਰਵਰੀ ফেব্রুয়ারি फरवरी ફેબ્રુઆરી luty lutego februarie فبراير febraayo فوریه février fevereiro febrero febbraio şubat феврал*",
    "march مارچ ਮਾਰਚ মার্চ मार्च માર્ચ marzec marca martie مارس maarso mars março marzo mart март* берез*",
    "april اپریل ਅਪ੍ਰੈਲ এপ্রিল अप्रैल એપ્રિલ kwiecień kwietnia aprilie أبريل abriil آوریل avril abril aprile nisan апрел* квіт*",
    "june جون ਜੂਨ জুন जून જૂન czerwiec czerwca iunie يونيو juun ژوئن juin junho junio giugno haziran июн* черв*",
    "july جولائی ਜੁਲਾਈ জুলাই जुलाई જુલાઈ lipiec lipca iulie يوليو luulyo juillet julho julio luglio temmuz июл* лип*",
    "august اگست ਅਗਸਤ আগস্ট अगस्त ઓગસ્ટ sierpień sierpnia august أغسطس agoosto août agosto ağustos август* серп*",
    "september ستمبر ਸਤੰਬਰ সেপ্টেম্বর सितंबर સપ્ટેમ્બર wrzesień września septembrie سبتمبر sebtembar septembre setembro septiembre settembre eylül",
    "october اکتوبر ਅਕਤੂਬਰ অক্টোবর अक्टूबर ઓક્ટોબર październik* octombrie أكتوبر oktoobar octobre outubro octubre ottobre ekim октябр* жовт*",
    "november نومبر ਨਵੰਬਰ নভেম্বর नवंबर નવેમ્બર listopad* noiembrie نوفمبر nofembar novembre novembro noviembre kasım ноябр*",
    "december دسمبر ਦਸੰਬਰ ডিসেম্বর दिसंबर ડિસેમ્બર grudzień grudnia decembrie ديسمبر desembar décembre dezembro diciembre dicembre aralık декабр*",
)

ILLNESSES: tuple[str, ...] = (
    "covid* corona* koron* کووڈ کورونا کرونا كورونا كوفيد ਕੋਵਿਡ ਕੋਰੋਨਾ কোভিড করোনা कोविड कोरोना કોવિડ કોરોના ковид* ковід* корона* கோவிட் "
    "கொரோனா 新冠 ኮቪድ ኮሮና",
    "flu influenza* gripe gripă grip grippe gryp* chřipk* chrípk* فلو انفلوئنزا إنفلونزا الإنفلونزا انفلونزا آنفلوآنزا ਫਲੂ ਫ਼ਲੂ ফ্লু ইনফ্লুয়েঞ্জা "
    "फ्लू फ़्लू ફ્લૂ грип* 流感",
    "mmr mmrv measles rubella odra odrą odry odrze rujeol* rougeole sarampión sarampo morbillo kızamık jadeeco ایم_ایم_آر خسرہ حصبة الحصبة "
    "سرخک ਐਮਐਮਆਰ ਖਸਰਾ এমএমআর एमएमआर खसरा ઓરી 麻疹",
    "hpv papillom* papilom* ایچ_پی_وی এইচপিভি एचपीवी",
    "polio* پولیو شلل_الأطفال ਪੋਲੀਓ পোলিও पोलियो પોલિયો полио* поліо* ፖሊዮ",
    "diabet* insulin* cukrzyc* ذیابیطس ذيابيطس السكري انسولین دیابت ਸ਼ੂਗਰ ਇਨਸੁਲਿਨ ডায়াবেটিস ইনসুলিন मधुमेह डायबिटीज इंसुलिन ડાયાબિટીસ диабет* діабет*",
    "paracetamol* ibuprofen* ibuprofène ibuprofeno aspirin* aspiryn* پیراسیٹامول باراسيتامول استامینوفن ਪੈਰਾਸੀਟਾਮੋਲ প্যারাসিটামল पैरासिटामोल "
    "પેરાસીટામોલ парацетамол*",
)
"""What a vaccine or a medicine is against, or its name: what is said of one is no answer about another."""

COMMON: dict[str, str] = {
    "en": "the is are of and to that it for with this be will was you they have has on from at dont im its their your our at by "
    "who what when if or gonna can my me so just all he she his her we us been",
    "pl": "w z na do się jest że to jak po za od dla są o przez tylko czy już mnie ale będzie te tej nas ich żeby podobno w ludzie",
    "ro": "și să este la pe de din cu că un o nu se pentru lui cei ce mai dacă care sunt au fost când toate doar în",
    "so": "waa oo ku ka la ayaa waxaa in uu ay iyo si loo lagu waxay haddii kuwa dadka jira soo",
    "fr": "le la les des de du un une et est à que qui dans pour sur par avec ce y il elle ils sont aux au l d c",
    "pt": "o os as de da do em um uma é que para com por dos das se foi são ao à mas vão está dizem pelo",
    "es": "el la los las de en un una y es que para con por se del al lo más fue está hay su te si desde dicen",
    "it": "il la lo gli le di del della in un una e è che per con da si sono nel al più questo hanno",
    "lt": "ir yra kad su į iš ar bus per tik dėl jau kai nuo visi",
    "lv": "un ir ka ar no uz par lai tikai būs pie vai jau",
    "cs": "a je se na že v do s z jsou byl pro ale jak už od která který si po",
    "sk": "a je sa na že v do s z sú bol pre ale ako už od ktorá ktorý si po",
    "hu": "a az és hogy van egy is volt meg el ki csak kell lesz fel minden",
    "tr": "ve bir bu için ile da de çok olarak var daha gibi kadar mi ki ama",
    "vi": "và là của có cho các được trong người đã này một những với để",
    "sq": "dhe në e të një për me që është nga se do janë ka si më",
    "kmr": "û di de ji bi li ku ev ew jî bo ye hene dike kir heye wê",
    "rmy": "si te le la o e i thaj hai pe ka kaj sar",
    "de": "der die das und ist ein eine in zu den mit auf für von sich dem wird sind im",
    "nl": "de het een en is van in op te dat voor met zijn niet die aan worden",
    "sw": "na ya wa kwa ni katika za la watu hii kuwa cha kama yake",
    "id": "dan yang di dengan untuk ini itu dari dalam akan pada orang ada",
    "ha": "da na a ta ya ne ce wannan don cikin za su mutane",
    "tl": "ang ng sa mga na at ay para ito ni kay",
    "ur-Latn": "hai hain ka ki ke ko se mein aur ye yeh wo jo bhi ho raha rahi kar wale wala gaya log kisi liye",
    "ur": "ہے ہیں کے کی کا کو سے میں اور یہ پر نے بھی ہو گا گی جو",
    "ar": "في من على إلى أن هذا التي الذي كل عن مع بعد و قد اللي راح فيه",
    "fa": "را از به که در این است با برای رو میشه شده هم یه تو می",
    "ps": "د په کې چې ته له او دی ده کوي يو هغه دې سره",
    "ckb": "لە بە بۆ و کە دەکات ئەو ئەم لەگەڵ هەموو دەبێت تێدایە پێی",
    "bn": "এই ও করে থেকে একটি হয় হবে জন্য এবং",
    "hi": "है हैं के की का को से में और यह पर ने भी हो",
    "ne": "छ हो को मा र लाई ले छन् पनि यो हुन्छ",
    "mr": "आहे आहेत आणि च्या या ते होते",
    "ru": "и в на что это с по для как все будет из у от они его так",
    "uk": "і в на що це з по для як усі буде із у від вони його та",
    "bg": "и в на че е с за по са от ще се да това",
    "am": "ነው እና ላይ ውስጥ ነበር ናቸው",
    "ti": "እዩ ኣብ ናይ ከም እዮም ድማ",
}
"""Frequent words: enough to tell which of the lists above is meant where several languages share a script."""
SCRIPTS: dict[str, str] = {
    "GURMUKHI": "pa", "GUJARATI": "gu", "TAMIL": "ta", "CJK": "zh",
}  # fmt: skip
"""Scripts of which one language here is written."""
