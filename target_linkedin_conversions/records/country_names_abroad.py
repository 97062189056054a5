"""Countries by name in further languages, for those whom `country_names.py` does not know.

Czech, Slovak, Norwegian, Finnish, Hungarian, Romanian, Turkish, Russian, Ukrainian, Greek, Japanese, Chinese and Korean names
(Unicode CLDR) and a few that everybody uses, folded as there. What names two countries is left out.
"""

from __future__ import annotations

__all__ = ["NAMES"]

NAMES = """
AD ανδορα андорра 안도라 アントラ 安道尔 安道爾
AE arabiemiirikunnat birlesikarapemirlikleri deforentearabiskeemirater egyesultarabemirsegek emiratelearabeunite
  spojenearabskeemiraty ηνωμενααραβικαεμιρατα оаэ обʼєднаніарабськіемірати 아랍에미리트 アラフ首長国連邦 阿拉伯联合酋长国 阿拉伯聯合大公國
AF afganisztan αφγανισταν афганистан афганістан 아프가니스탄 アフカニスタン 阿富汗
AG antiguaabarbuda antiguaesbarbuda antiguajabarbuda antiguasibarbuda antiguavebarbuda αντιγκουακαιμπαρμπουντα
  антигуаибарбуда антигуаібарбуда 앤티가바부다 アンティクアハーフータ 安地卡及巴布達 安提瓜和巴布达
AI ανγκουιλα ангилья ангілья 앵귈라 アンキラ 安圭拉 安奎拉
AL albansko arnavutluk αλβανια албания албанія 알바니아 アルハニア 阿尔巴尼亚 阿爾巴尼亞
AM armensko ermenistan ormenyorszag αρμενια армения вірменія 아르메니아 アルメニア 亚美尼亚 亞美尼亞
AO αγκολα ангола 앙골라 アンコラ 安哥拉
AQ antarktida antarktika antarktisz ανταρκτικη антарктида антарктика 남극대륙 南极洲 南極 南極洲
AR argentiina arjantin αργεντινη аргентина 아르헨티나 アルセンチン 阿根廷
AS americkasamoa amerikaiszamoa amerikansamoa amerikansamoasi αμερικανικησαμοα американскоесамоа американськесамоа
  아메리칸사모아 米領サモア 美属萨摩亚 美屬薩摩亞
AT ausztria avusturya itavalta rakousko rakusko østerrike αυστρια австрия австрія 오스트리아 オーストリア 奥地利 奧地利
AU ausztralia avustralya αυστραλια австралия австралія 오스트레일리아 オーストラリア 澳大利亚 澳洲
AW αρουμπα аруба 아루바 アルハ 荷屬阿魯巴 阿鲁巴
AX ahvenanmaa alandadalari alandszigetek alandy insulelealand νησοιολαντ аландскиеова аландськіострови 올란드제도
  オーラント諸島 奥兰群岛 奧蘭群島
AZ azerbaidzan azerbajdzan azerbajdzsan azerbaycan αζερμπαιτζαν азербаиджан 아제르바이잔 アセルハイシャン 亞塞拜然 阿塞拜疆
BA bosnaahercegovina bosnahersek bosniahercegovina bosniajahertsegovina bosniasihertegovina boszniahercegovina
  βοσνιαερζεγοβινη боснияигерцеговина босніяігерцеговина 보스니아헤르체고비나 ホスニアヘルツェコヒナ 波士尼亞與赫塞哥維納 波斯尼亚和黑塞哥维那
BB μπαρμπειντοσ барбадос 바베이도스 ハルハトス 巴巴多斯 巴貝多
BD μπανγκλαντεσ бангладеш 방글라데시 ハンクラテシュ 孟加拉 孟加拉国
BE belcika belgicko βελγιο бельгия бельгія 벨기에 ヘルキー 比利时 比利時
BF μπουρκιναφασο буркинафасо буркінафасо 부르키나파소 フルキナファソ 布吉納法索 布基纳法索
BG bulgaristan bulharsko βουλγαρια болгария болгарія 불가리아 フルカリア 保加利亚 保加利亞
BH bahreyn μπαχρειν бахреин 바레인 ハーレーン 巴林
BI μπουρουντι бурунди бурунді 부룬디 フルンシ 布隆迪 蒲隆地
BJ μπενιν бенин бенін 베냉 ヘナン 貝南 贝宁
BL svatybartolomej αγιοσβαρθολομαιοσ сенбартелеми сенбартелемі 생바르텔레미 サンハルテルミー 圣巴泰勒米 聖巴瑟米
BM βερμουδεσ бермудскиеова бермудськіострови 버뮤다 ハミュータ 百慕大 百慕達
BN brunej μπρουνει брунеи 브루나이 フルネイ 文莱 汶萊
BO bolivya βολιβια боливия болівія 볼리비아 ホリヒア 玻利維亞 玻利维亚
BQ hollandkaribterseg insulelecaraibeolandeze karayiphollandasi karibianalankomaat karibisknederland karibskeholandsko
  karibskenizozemsko ολλανδιακαραιβικησ бонэирсинтэстатиусисаба карибськінідерланди 네덜란드령카리브 オランタ領カリフ
  荷属加勒比区 荷蘭加勒比區
BR brasilia brazilia brezilya βραζιλια бразилия бразилія 브라질 フラシル 巴西
BS bahama bahamalar bahamaszigetek μπαχαμεσ багамськіострови багамы 바하마 ハハマ 巴哈馬 巴哈马
BT μπουταν бутан 부탄 フータン 不丹
BV bouvetadasi bouvetnsaari bouvetovostrov bouvetsziget bouvetuvostrov bouvetøya insulabouvet νησοσμπουβε овбуве
  острівбуве 부베섬 フーヘ島 布威島 布韦岛
BW botsvana μποτσουανα ботсвана 보츠와나 ホツワナ 博茨瓦纳 波札那
BY belarusz belorusko bielorusko valkovenaja λευκορωσια беларусь білорусь 벨라루스 ヘラルーシ 白俄罗斯 白俄羅斯
BZ μπελιζ белиз беліз 벨리즈 ヘリース 伯利兹 貝里斯
CA καναδασ канада 캐나다 カナタ 加拿大
CC cocos cocoskeelingadalari insulelecocos insulelecocoskeeling kokosoveostrovy kokosøyene kokusz
  kokuszkeelingszigetek kookossaaret kookossaaretkeelingsaaret νησοικοκοσ νησοικοκοσκιλινγκ кокосовыеова кокосові
  кокосовікілінгострови 코코스제도 ココスキーリンク諸島 科克斯基靈群島 科科斯基林群岛
CD kongokinsasa kongondemokraattinentasavalta konzskademokratickarepublika κονγκοκινσασα конгокиншаса конгокіншаса
  콩고킨샤사 コンコ民主共和国キンシャサ 刚果金 剛果金夏沙
CF densentralafrikanskerepublikk keskiafrikantasavalta kozepafrikaikoztarsasag ortaafrikacumhuriyeti
  republicacentrafricana stredoafrickarepublika κεντροαφρικανικηδημοκρατια центральноафриканскаяреспублика
  центральноафриканськареспубліка 중앙아프리카공화국 中央アフリカ共和国 中非共和国 中非共和國
CG kongobrazavil kongontasavalta konzskarepublika κονγκομπραζαβιλ конгобраззавиль конгобраззавіль 콩고브라자빌
  コンコ共和国フラサヒル 刚果布 剛果布拉薩
CH elvetia isvicre svajc svajciarsko sveits sveitsi svycarsko ελβετια швеицария швеицарія 스위스 スイス 瑞士
CI elefantcsontpart norsunluurannikko pobrezieslonoviny pobrezislonoviny ακτηελεφαντοστου котдʼівуар котдивуар
  코트디부아르 コートシホワール 科特迪瓦 象牙海岸
CK cookadalari cookinsaaret cookoveostrovy cookovyostrovy cookszigetek cookøyene insulelecook νησοικουκ овакука
  островикука 쿡제도 クック諸島 库克群岛 庫克群島
CL sili χιλη чили чилі 칠레 チリ 智利
CM καμερουν камерун 카메룬 カメルーン 喀麥隆 喀麦隆
CN cin kiina κινα китаи кнр 중국 中國
CO columbia kolombiya kolumbie κολομβια колумбия колумбія 콜롬비아 コロンヒア 哥伦比亚 哥倫比亞
CR kostarika κοσταρικα костарика 코스타리카 コスタリカ 哥斯大黎加 哥斯达黎加
CU kuuba κουβα куба 쿠바 キューハ 古巴
CV capulverde kappverde kapverdy zoldfokikoztarsasag πρασινοακρωτηριο кабоверде 카보베르데 カーホヘルテ 佛得角 維德角
CW κουρασαο кюрасао 퀴라소 キュラソー 库拉索 庫拉索
CX christmasadasi christmasøya insulachristmas joulusaari karacsonysziget vanocniostrov vianocnyostrov
  νησοστωνχριστουγεννων оврождества острівріздва 크리스마스섬 クリスマス島 圣诞岛 聖誕島
CY cipru ciprus kypr kypros kibris κυπροσ кипр кіпр 키프로스 キフロス 塞浦路斯 賽普勒斯
CZ ceskarepublika cehia cekya cesko csehorszag tsekki tsjekkia τσεχια чехия чехія 체코 チェコ 捷克
DE almanya nemecko nemetorszag saksa γερμανια германия німеччина 독일 トイツ 德国 德國
DJ cibuti dzibutsko dzsibuti τζιμπουτι джибути джибуті 지부티 シフチ 吉布地 吉布提
DK danemarca danimarka dansko tanska δανια дания данія 덴마크 テンマーク 丹麥 丹麦
DM ντομινικα доминика домініка 도미니카 トミニカ国 多米尼克
DO dendominikanskerepublikk dominikaaninentasavalta dominikaikoztarsasag dominikanskarepublika dominikcumhuriyeti
  δομινικανηδημοκρατια доминиканскаяреспублика домініканськареспубліка 도미니카공화국 トミニカ共和国 多明尼加共和國 多米尼加共和国
DZ alzirsko cezayir αλγερια алжир 알제리 アルシェリア 阿尔及利亚 阿爾及利亞
EC ekvador ισημερινοσ еквадор эквадор 에콰도르 エクアトル 厄瓜多 厄瓜多尔
EE estonsko estonya esztorszag viro εσθονια естонія эстония 에스토니아 エストニア 愛沙尼亞 爱沙尼亚
EG egyiptom egypti misir αιγυπτοσ египет єгипет 이집트 エシフト 埃及
EH batisahra lansisahara nyugatszahara saharaoccidentala zapadnasahara zapadnisahara δυτικησαχαρα западнаясахара
  західнасахара 서사하라 西サハラ 西撒哈拉
ER eritre eritreea ερυθραια еритрея эритрея 에리트리아 エリトリア 厄利垂亞 厄立特里亚
ES espanja ispanya spanelsko spania spanielsko spanyolorszag ισπανια испания іспанія 스페인 スヘイン 西班牙
ET etiopie etiyopya αιθιοπια ефіопія эфиопия 에티오피아 エチオヒア 埃塞俄比亚 衣索比亞
FI finlanda finlandiya finnorszag finsko φινλανδια финляндия фінляндія 핀란드 フィンラント 芬兰 芬蘭
FJ fidzsi φιτζι фиджи фіджі 피지 フィシー 斐济 斐濟
FK falklandadalari falklandinsaaret falklandskeostrovy falklandszigetek falklandsøyene insulelefalkland νησοιφοκλαντ
  фолклендскиеова фолклендськіострови 포클랜드제도 フォークラント諸島 福克兰群岛 福克蘭群島
FM micronezia mikronesia mikronesiaføderasjonen mikronesie mikronezia mikronezya μικρονησια мікронезія
  федеративныештатымикронезии 미크로네시아 ミクロネシア連邦 密克罗尼西亚 密克羅尼西亞
FO faerskeostrovy faroeadalari farsaaret feroerszigetek færøyene insuleleferoe νησοιφεροεσ фарерскиеова
  фарерськіострови 페로제도 フェロー諸島 法罗群岛 法羅群島
FR franciaorszag francie francuzsko fransa franta ranska γαλλια франция франція 프랑스 フランス 法国 法國
GA γκαμπον габон 가봉 カホン 加彭 加蓬
GB velkabritanie velkabritania storbritannien isobritannia nagybritannia anglia anglie birlesikkrallik egyesultkiralysag ingiltere isobritannia regatulunit spojenekralovstvi
  spojenekralovstvo storbritannia ηνωμενοβασιλειο англия великабританія великобритания великобританія 영국 イキリス 英国
  英國
GD γρεναδα гренада 그레나다 クレナタ 格林纳达 格瑞那達
GE gruzia gruzie gruzinsko gurcistan γεωργια грузия грузія 조지아 ショーシア 喬治亞 格鲁吉亚
GF franciaguyana francouzskaguyana francuzskaguyana fransizguyanasi guyanafranceza ranskanguayana γαλλικηγουιανα
  французскаягвиана французькагвіана 프랑스령기아나 仏領キアナ 法属圭亚那 法屬圭亞那
GG γκερνζι гернси гернсі 건지 カーンシー 根息 根西岛
GH γκανα гана 가나 カーナ 加纳 迦納
GI cebelitarik γιβραλταρ гибралтар гібралтар 지브롤터 シフラルタル 直布罗陀 直布羅陀
GL groenlanda gronlanti gronsko γροιλανδια гренландия гренландія 그린란드 クリーンラント 格陵兰 格陵蘭
GM gambiya γκαμπια гамбия гамбія 감비아 カンヒア 冈比亚 甘比亞
GN gine guineea γουινεα гвинея гвінея 기니 キニア 几内亚 幾內亞
GP guadelupa γουαδελουπη гваделупа 과들루프 クアトルーフ 瓜地洛普 瓜德罗普
GQ egyenlitoiguinea ekvatorginesi guineeaecuatoriala paivantasaajanguinea rovnikovaguinea ισημερινηγουινεα
  екваторіальнагвінея экваториальнаягвинея 적도기니 赤道キニア 赤道几内亚 赤道幾內亞
GR gorogorszag grecko kreikka recko yunanistan греция греція 그리스 キリシャ 希腊 希臘
GS deligeorgiaesdelisandwichszigetek etelageorgiajaetelaisetsandwichinsaaret georgiadesudsiinsulelesandwichdesud
  guneygeorgiaveguneysandwichadalari jiznigeorgieajiznisandwichovyostrovy juznageorgiaajuznesandwichoveostrovy
  sørgeorgiaogsørsandwichøyene νησοινοτιαγεωργιακαινοτιεσσαντουιτσ південнаджорджіятапівденнісандвічевіострови
  южнаягеоргияиюжныесандвичевыова 사우스조지아사우스샌드위치제도 サウスショーシアサウスサントウィッチ諸島 南乔治亚和南桑威奇群岛 南喬治亞與南三明治群島
GT γουατεμαλα гватемала 과테말라 クアテマラ 危地马拉 瓜地馬拉
GU γκουαμ гуам 괌 クアム 关岛 關島
GW bissauguinea ginebissau guineeabissau γουινεαμπισαου гвинеябисау гвінеябісау 기니비사우 キニアヒサウ 几内亚比绍 幾內亞比索
GY γουιανα гаиана гаяна 가이아나 カイアナ 圭亚那 蓋亞那
HK cinhongkongoib hongkongkiinanerityishallintoalue hongkongkkt hongkongoaociny hongkongsarkina hongkongzaociny
  rashongkongchina χονγκκονγκεδπκινασ гонконг гонконгоаркитаю гонконгсар 홍콩 홍콩중국특별행정구 中国香港特别行政区
  中國香港特別行政區 中華人民共和国香港特別行政区 香港
HM heardadasivemcdonaldadalari heardjamcdonaldinsaaret heardogmcdonaldøyene heardovostrovamacdonaldoveostrovy
  heardszigetesmcdonaldszigetek hearduvostrovamcdonaldovyostrovy insulaheardsiinsulelemcdonald
  νησοιχερντκαιμακντοναλντ овахердимакдональд островигердімакдоналд 허드맥도널드제도 ハート島マクトナルト諸島 赫德岛和麦克唐纳群岛
  赫德島及麥唐納群島
HN ονδουρα гондурас 온두라스 ホンシュラス 宏都拉斯 洪都拉斯
HR chorvatsko horvatorszag hirvatistan kroatia κροατια хорватия хорватія 크로아티아 クロアチア 克罗地亚 克羅埃西亞
HT αιτη гаити гаіті 아이티 ハイチ 海地
HU macaristan madarsko ungaria unkari ουγγαρια венгрия угорщина 헝가리 ハンカリー 匈牙利
ID endonezya indonezia ινδονησια индонезия індонезія 인도네시아 イントネシア 印尼 印度尼西亚
IE irlanti irorszag irsko ιρλανδια ирландия ірландія 아일랜드 アイルラント 愛爾蘭 爱尔兰
IL israil ισραηλ израиль ізраіль 이스라엘 イスラエル 以色列
IM insulaman man manadasi mansaari mansziget ostrovman νησοστουμαν овмэн острівмен 맨섬 マン島 曼島 马恩岛
IN hindistan intia ινδια индия індія 인도 イント 印度
IO britanyahintokyanusutopraklari britindiaioceaniterulet britskeindickooceanskeuzemi britskeindickooceanskeuzemie
  brittilainenintianvaltamerenalue detbritisketerritorietiindiahavet teritoriulbritanicdinoceanulindian
  βρετανικαεδαφηινδικουωκεανου британскаятерриториявиндиискомокеане британськатериторіявіндіиськомуокеані
  영국령인도양지역 英属印度洋领地 英屬印度洋領地 英領イント洋地域
IQ ιρακ ирак ірак 이라크 イラク 伊拉克
IR ιραν иран іран 이란 イラン 伊朗
IS islanti izland izlanda ισλανδια исландия ісландія 아이슬란드 アイスラント 冰岛 冰島
IT italya olaszorszag taliansko ιταλια италия італія 이탈리아 イタリア 意大利 義大利
JE τζερζι джерси джерсі 저지 シャーシー 泽西岛 澤西島
JM τζαμαικα ямаика 자메이카 シャマイカ 牙买加 牙買加
JO iordania jordansko urdun ιορδανια иордания иорданія 요르단 ヨルタン 約旦 约旦
JP japani japonsko japonya ιαπωνια япония японія 일본
KE kena κενυα кения кенія 케냐 ケニア 肯亞 肯尼亚
KG kargazstan kirgisia kirgizisztan kirgizsko kirgizistan κιργισταν киргизия киргизстан 키르기스스탄 キルキス 吉尔吉斯斯坦 吉爾吉斯
KH cambodgia kambocya kambodsja kambodzsa καμποτζη камбоджа 캄보디아 カンホシア 柬埔寨
KI κιριμπατι кирибати кірибаті 키리바시 キリハス 吉里巴斯 基里巴斯
KM comoreszigetek komorene komorit komorlar κομορεσ комори коморы 코모로 コモロ 科摩罗 葛摩
KN saintkittsesnevis saintkittsjanevis saintkittssinevis saintkittsvenevis svatykristofanevis svatykrystofanevis
  σενκιτσκαινεβισ сенткитсиневис сенткітсіневіс 세인트키츠네비스 セントクリストファーネーウィス 圣基茨和尼维斯 聖克里斯多福及尼維斯
KP coreeadenord eszakkorea kuzeykore pohjoiskorea severnakorea severnikorea βορειακορεα кндр північнакорея 북한 北朝鮮
  北韓 朝鲜
KR coreeadesud delkorea etelakorea guneykore jiznikorea juznakorea sørkorea νοτιακορεα південнакорея республикакорея
  южнаякорея 남한 대한민국 한국 南韓 韓国 韓國 韩国
KW kuvait kuvajt kuveyt kuweit κουβειτ кувеит 쿠웨이트 クウェート 科威特
KY caymanadalari caymansaaret caymanøyene insulelecayman kajmanieostrovy kajmanskeostrovy kajmanszigetek νησοικειμαν
  каимановіострови овакаиман 케이맨제도 ケイマン諸島 开曼群岛 開曼群島
KZ kazahstan kazahsztan καζακσταν казахстан 카자흐스탄 カサフスタン 哈萨克斯坦 哈薩克
LA laosz λαοσ лаос 라오스 ラオス 寮國 老挝
LB lubnan λιβανοσ ливан ліван 레바논 レハノン 黎巴嫩
LC sfantalucia svatalucia svatalucie αγιαλουκια сентлюсия сентлюсія 세인트루시아 セントルシア 圣卢西亚 聖露西亞
LI lichtenstajnsko lichtenstejnsko λιχτενσταιν лихтенштеин ліхтенштеин 리히텐슈타인 リヒテンシュタイン 列支敦士登 列支敦斯登
LK σριλανκα шриланка шріланка 스리랑카 スリランカ 斯里兰卡 斯里蘭卡
LR liberie liberya λιβερια либерия ліберія 라이베리아 リヘリア 利比里亚 賴比瑞亞
LS λεσοτο лесото 레소토 レソト 莱索托 賴索托
LT liettua litva litvania litvanya λιθουανια литва 리투아니아 リトアニア 立陶宛
LU lucembursko luxembursko λουξεμβουργο люксембург 룩셈부르크 ルクセンフルク 卢森堡 盧森堡
LV letonya lettorszag lotyssko λετονια латвия латвія 라트비아 ラトヒア 拉脫維亞 拉脱维亚
LY λιβυη ливия лівія 리비아 リヒア 利比亚 利比亞
MA fas μαροκο марокко 모로코 モロッコ 摩洛哥
MC μονακο монако 모나코 モナコ 摩納哥 摩纳哥
MD moldavsko republicamoldova μολδαβια молдова 몰도바 モルトハ 摩尔多瓦 摩爾多瓦
ME cernahora ciernahora karadag muntenegru μαυροβουνιο черногория чорногорія 몬테네그로 モンテネクロ 蒙特內哥羅 黑山
MF sfantulmartin svatymartinfr svatymartinfrancie αγιοσμαρτινοσγαλλικοτμημα сенмартен 생마르탱 サンマルタン 法属圣马丁 法屬聖馬丁
MG madagaszkar μαδαγασκαρη мадагаскар 마다가스카르 マタカスカル 馬達加斯加 马达加斯加
MH insulelemarshall marshalladalari marshallinsaaret marshalloveostrovy marshallovyostrovy marshallszigetek
  marshalløyene νησοιμαρσαλ маршалловыова маршалловіострови 마셜제도 マーシャル諸島 馬紹爾群島 马绍尔群岛
MK eszakmacedonia kuzeymakedonya macedoniadenord nordmakedonia pohjoismakedonia severnemacedonsko severnimakedonie
  βορειαμακεδονια північнамакедонія севернаямакедония 북마케도니아 北マケトニア 北馬其頓 北马其顿
ML μαλι мали малі 말리 マリ 馬利 马里
MM mianmar mjanmarsko myanmarbarma μιανμαρ μιανμαρβιρμανια мʼянма мʼянмабірма мьянма мьянмабирма 미얀마 ミャンマー
  ミャンマーヒルマ 緬甸 缅甸
MN mogolistan mongolsko μογγολια монголия монголія 몽골 モンコル 蒙古
MO cinmakaooib macaokiinanerityishallintoalue macaooaociny macaosarkina macaozaociny makaokkt rasmacaochina
  μακαοεδπκινασ макао макаооаркитаю макаосар 마카오중국특별행정구 マカオ 中国澳门特别行政区 中國澳門特別行政區 中華人民共和国マカオ特別行政区 澳門 澳门
MP eszakimarianaszigetek insulelemarianedenord kuzeymarianaadalari nordmarianene pohjoismariaanit severnemariany
  severnimariany νησοιβορειεσμαριανεσ північнімаріанськіострови северныемарианскиеова 북마리아나제도 北マリアナ諸島 北馬利安納群島
  北马里亚纳群岛
MQ martinik μαρτινικα мартиника мартиніка 마르티니크 マルティニーク 馬丁尼克 马提尼克
MR moritanya μαυριτανια мавритания мавританія 모리타니 モーリタニア 毛里塔尼亚 茅利塔尼亞
MS μονσερατ монтсеррат 몬트세라트 モントセラト 蒙哲臘 蒙特塞拉特
MT μαλτα мальта 몰타 マルタ 馬爾他 马耳他
MU mauricius μαυρικιοσ маврикии маврикіи 모리셔스 モーリシャス 模里西斯 毛里求斯
MV maldivene maldivler maldivszigetek maldivy malediivit maledivy μαλδιβεσ мальдивы мальдіви 몰디브 モルティフ 馬爾地夫 马尔代夫
MW malavi μαλαουι малави малаві 말라위 マラウイ 馬拉威 马拉维
MX meksika meksiko mexic μεξικο мексика 멕시코 メキシコ 墨西哥
MY malajsie malajzia malesia malezya μαλαισια малаизия малаизія 말레이시아 マレーシア 馬來西亞 马来西亚
MZ mozambic μοζαμβικη мозамбик мозамбік 모잠비크 モサンヒーク 莫三比克 莫桑比克
NA namibya ναμιμπια намибия намібія 나미비아 ナミヒア 納米比亞 纳米比亚
NC nouacaledonie novakaledonia novakaledonie nycaledonia ujkaledonia uusikaledonia yenikaledonya νεακαληδονια
  новакаледонія новаякаледония 뉴칼레도니아 ニューカレトニア 新喀里多尼亚 新喀里多尼亞
NE nijer νιγηρασ нигер нігер 니제르 ニシェール 尼日 尼日尔
NF insulanorfolk norfolkadasi norfolkinsaari norfolksziget norfolkøya νησοσνορφολκ овнорфолк острівнорфолк 노퍽섬
  ノーフォーク島 諾福克島 诺福克岛
NG nigerie nijerya νιγηρια нигерия нігерія 나이지리아 ナイシェリア 奈及利亞 尼日利亚
NI νικαραγουα никарагуа нікарагуа 니카라과 ニカラクア 尼加拉瓜
NL alankomaat holandsko hollanda hollandia nizozemsko tariledejos κατωχωρεσ голландия нидерланды нідерланди 네덜란드
  オランタ 荷兰 荷蘭
NO norja norsko norvec νορβηγια норвегия норвегія 노르웨이 ノルウェー 挪威
NP νεπαλ непал 네팔 ネハール 尼泊尔 尼泊爾
NR ναουρου науру 나우루 ナウル 瑙鲁 諾魯
NU νιουε ниуэ ніуе 니우에 ニウエ 紐埃島 纽埃
NZ nouazeelanda novyzeland ujzeland uusiseelanti yenizelanda νεαζηλανδια новазеландія новаязеландия 뉴질랜드
  ニューシーラント 新西兰 紐西蘭
OM umman ομαν оман 오만 オマーン 阿曼
PA παναμασ панама 파나마 ハナマ 巴拿馬 巴拿马
PE περου перу 페루 ヘルー 秘魯 秘鲁
PF franciapolinezia francouzskapolynesie francuzskapolynezia franskpolynesia fransizpolinezyasi polineziafranceza
  ranskanpolynesia γαλλικηπολυνησια французскаяполинезия французькаполінезія 프랑스령폴리네시아 仏領ホリネシア 法属波利尼西亚
  法屬玻里尼西亞
PG papuanouaguinee papuanovaguinea papuaujguinea papuauusiguinea papuayenigine παπουανεαγουινεα папуановагвінея
  папуановаягвинея 파푸아뉴기니 ハフアニューキニア 巴布亚新几内亚 巴布亞紐幾內亞
PH filipine filipinler filippiinit filippinene fulopszigetek φιλιππινεσ филиппины філіппіни 필리핀 フィリヒン 菲律宾 菲律賓
PK pakisztan πακισταν пакистан 파키스탄 ハキスタン 巴基斯坦
PL lengyelorszag polonya polsko puola πολωνια польша польща 폴란드 ホーラント 波兰 波蘭
PM saintpierreamiquelon saintpierreesmiquelon saintpierrejamiquelon saintpierresimiquelon saintpierrevemiquelon
  σενπιερκαιμικελον сенпʼєрімікелон сенпьеримикелон 생피에르미클롱 サンヒエール島ミクロン島 圣皮埃尔和密克隆群岛 聖皮埃與密克隆群島
PN insulelepitcairn pitcairnadalari pitcairnoveostrovy pitcairnovyostrovy pitcairnszigetek pitcairnøyene νησοιπιτκερν
  овапиткэрн островипіткерн 핏케언제도 ヒトケアン諸島 皮特凯恩群岛 皮特肯群島
PR portoriko πουερτορικο пуерторико пуэрторико 푸에르토리코 フエルトリコ 波多黎各
PS detpalestinskeomradet filistinbolgeleri palestiinalaisalue palestinskauzemi palestinskeuzemia palesztinautonomia
  teritoriilepalestiniene παλαιστινιακαεδαφη палестинскиетерритории палестинськітериторіі 팔레스타인지구 ハレスチナ自治区
  巴勒斯坦自治區 巴勒斯坦领土
PT portekiz portugali portugalsko πορτογαλια португалия португалія 포르투갈 ホルトカル 葡萄牙
PW παλαου палау 팔라우 ハラオ 帕劳 帛琉
PY paraguaj παραγουαη парагваи 파라과이 ハラクアイ 巴拉圭
QA καταρ катар 카타르 カタール 卡塔尔 卡達
RE ρεινιον реюньион реюньон 레위니옹 レユニオン 留尼旺 留尼汪
RO romanya rumunsko ρουμανια румунія румыния 루마니아 ルーマニア 罗马尼亚 羅馬尼亞
RS srbsko szerbia sirbistan σερβια сербия сербія 세르비아 セルヒア 塞尔维亚 塞爾維亞
RU oroszorszag rusko rusya venaja ρωσια россия росія 러시아 ロシア 俄罗斯 俄羅斯
RW ρουαντα руанда 르완다 ルワンタ 卢旺达 盧安達
SA saudskaarabia saudskaarabie suudiarabistan szaudarabia σαουδικηαραβια саудовскаяаравия саудівськааравія
  사우디아라비아 サウシアラヒア 沙烏地阿拉伯 沙特阿拉伯
SB insulelesolomon salamonszigetek salamounovyostrovy salamunoveostrovy salomonsaaret salomonøyene solomonadalari
  νησοισολομωντοσ соломоновыова соломоновіострови 솔로몬제도 ソロモン諸島 所罗门群岛 索羅門群島
SC seychellene seychelleszigetek seychellit seychely seyseller σευχελλεσ сеишельскиеова сеишельськіострови 세이셸
  セーシェル 塞席爾 塞舌尔
SD szudan σουδαν судан 수단 スータン 苏丹 蘇丹
SE isvec ruotsi suedia svedorszag svedsko σουηδια швеция швеція 스웨덴 スウェーテン 瑞典
SG szingapur σιγκαπουρη сингапур сінгапур 싱가포르 シンカホール 新加坡
SH sainthelena sainthelenaascensionjatristandacunha sfantaelena svatahelena szentilona αγιαελενη овсвелены
  острівсвятоієлени 세인트헬레나 セントヘレナ 圣赫勒拿 聖赫勒拿島
SI slovenya slovinsko szlovenia σλοβενια словения словенія 슬로베니아 スロヘニア 斯洛文尼亚 斯洛維尼亞
SJ huippuvuoretjajanmayen spicberkyajanmayen svalbardajanmayen svalbardesjanmayen svalbardsijanmayen
  svalbardvejanmayen σβαλμπαρντκαιγιανμαγιεν шпицбергениянмаиен шпіцбергентаянмаєн 스발바르제도얀마웬섬
  スハールハル諸島ヤンマイエン島 挪威屬斯瓦巴及尖棉 斯瓦尔巴和扬马延
SK slovacia slovakya slovensko szlovakia σλοβακια словакия словаччина 슬로바키아 スロハキア 斯洛伐克
SL σιεραλεονε сьерралеоне сьєрралеоне 시에라리온 シエラレオネ 塞拉利昂 獅子山
SM αγιοσμαρινοσ санмарино 산마리노 サンマリノ 圣马力诺 聖馬利諾
SN szenegal σενεγαλη сенегал 세네갈 セネカル 塞內加爾 塞内加尔
SO somali somalsko szomalia σομαλια сомали сомалі 소말리아 ソマリア 索馬利亞 索马里
SR σουριναμ суринам 수리남 スリナム 苏里南 蘇利南
SS delszudan etelasudan guneysudan jiznisudan juznysudan sudanuldesud sørsudan νοτιοσουδαν південниисудан южныисудан
  남수단 南スータン 南苏丹 南蘇丹
ST saotomeesprincipe saotomejaprincipe saotomesiprincipe saotomeveprincipe svatytomasaprincovostrov
  svatytomasaprincuvostrov σαοτομεκαιπρινσιπε сантомеипринсипи сантомеіпринсіпі 상투메프린시페 サントメフリンシヘ 圣多美和普林西比
  聖多美普林西比
SV ελσαλβαδορ сальвадор 엘살바도르 エルサルハトル 萨尔瓦多 薩爾瓦多
SX svatymartinhol svatymartinnizozemsko αγιοσμαρτινοσολλανδικοτμημα синтмартен сінтмартен 신트마르턴 シントマールテン 荷属圣马丁
  荷屬聖馬丁
SY suriye syyria sziria συρια сирия сирія 시리아 シリア 叙利亚 敘利亞
SZ esvatini szvazifold εσουατινι есватіні эсватини 에스와티니 エスワティニ 史瓦帝尼 斯威士兰
TC insuleleturkssicaicos turksacaicos turksescaicosszigetek turksjacaicossaaret turksogcaicosøyene
  turksvecaicosadalari νησοιτερκσκαικαικοσ островитерксікаикос терксикаикос 터크스케이커스제도 タークスカイコス諸島 土克斯及開科斯群島
  特克斯和凯科斯群岛
TD cad csad tsad tsjad τσαντ чад 차드 チャト 乍得 查德
TF defranskesørterritorier franciadeliteruletek francouzskajizniuzemi francuzskejuzneaantarktickeuzemia
  fransizguneytopraklari ranskanetelaisetjaantarktisetalueet teritoriileaustralesiantarcticefranceze γαλλικανοτιαεδαφη
  французскиеюжныетерритории французькіпівденнітериторіі 프랑스령남방지역 仏領極南諸島 法属南部领地 法屬南部屬地
TG τογκο того 토고 トーコ 多哥
TH tayland thaifold thailanda thaimaa thajsko ταιλανδη таиланд таіланд 태국 タイ 泰国 泰國
TJ tacikistan tadzikistan tadzsikisztan τατζικισταν таджикистан 타지키스탄 タシキスタン 塔吉克 塔吉克斯坦
TK τοκελαου токелау 토켈라우 トケラウ 托克劳 托克勞群島
TL itatimor kelettimor vychodnitimor vychodnytimor østtimor τιμορλεστε восточныитимор тиморлешті 동티모르 东帝汶 東ティモール
  東帝汶
TM turkmenisztan turkmensko τουρκμενισταν туркменистан туркменістан 투르크메니스탄 トルクメニスタン 土库曼斯坦 土庫曼
TN tunezia tunisko tunus τυνησια тунис туніс 튀니지 チュニシア 突尼斯 突尼西亞
TO τονγκα тонга 통가 トンカ 東加 汤加
TR torokorszag turcia turecko turkki tyrkia τουρκια туреччина турция 튀르키예 トルコ 土耳其
TT trinidadatobago trinidadestobago trinidadjatobago trinidadsitobago trinidadvetobago τρινινταντκαιτομπαγκο
  тринидадитобаго тринідадітобаго 트리니다드토바고 トリニタートトハコ 千里達及托巴哥 特立尼达和多巴哥
TV τουβαλου тувалу 투발루 ツハル 吐瓦魯 图瓦卢
TW tajvan tayvan tchajwan ταιβαν таивань 대만 台湾 台灣 臺灣
TZ tanzanya τανζανια танзания танзанія 탄자니아 タンサニア 坦尚尼亞 坦桑尼亚
UA ukrajina ukrajna ukrayna ουκρανια украина украіна 우크라이나 ウクライナ 乌克兰 烏克蘭
UG ουγκαντα уганда 우간다 ウカンタ 乌干达 烏干達
UM abdkucukhariciadalari azusalakatlankulbirtokai insuleleindepartatealesua mensieodlahleostrovyusa
  mensiodlehleostrovyusa usasytreøyer yhdysvaltainerillissaaret απομακρυσμενεσνησιδεσηπα внешниемалыеова
  внешниемалыеовасша віддаленіостровисша 미국령해외제도 合衆国領有小離島 美国本土外小岛屿 美國本土外小島嶼
US amerikabirlesikdevletleri egyesultallamok spojenestaty stateleunitealeamericii yhdysvallat ηνωμενεσπολιτειεσ
  соединенныештаты сполученіштати сша 미국 アメリカ アメリカ合衆国 米国 美国 美國
UY uruguaj ουρουγουαη уругваи 우루과이 ウルクアイ 乌拉圭 烏拉圭
UZ ozbekistan uzbegisztan ουζμπεκισταν узбекистан 우즈베키스탄 ウスヘキスタン 乌兹别克斯坦 烏茲別克
VA statulcetatiivaticanului vatikaani vatikan βατικανο ватикан 바티칸시국 ハチカン市国 梵蒂冈 梵蒂岡
VC saintvincentesagrenadineszigetek saintvincentjagrenadiinit saintvincentsigrenadinele saintvincentvegrenadinler
  stvincentoggrenadinene svatyvincencagrenadiny svatyvincentagrenadiny αγιοσβικεντιοσκαιγρεναδινεσ
  сентвинсентигренадины сентвінсентігренадіни 세인트빈센트그레나딘 セントヒンセント及ひクレナティーン諸島 圣文森特和格林纳丁斯 聖文森及格瑞那丁
VE βενεζουελα венесуела венесуэла 베네수엘라 ヘネスエラ 委內瑞拉 委内瑞拉
VG britanyavirjinadalari britskepanenskeostrovy brittilaisetneitsytsaaret britvirginszigetek debritiskejomfruøyene
  insulelevirginebritanice βρετανικεσπαρθενεσνησοι британськівіргінськіострови виргинскиеовавеликобритания
  영국령버진아일랜드 英属维尔京群岛 英屬維京群島 英領ウァーシン諸島
VI abdvirjinadalari americkepanenskeostrovy amerikaivirginszigetek deamerikanskejomfruøyene insulelevirgineamericane
  yhdysvaltainneitsytsaaret αμερικανικεσπαρθενεσνησοι виргинскиеовасша віргінськіострови віргінськіостровисша
  미국령버진아일랜드 米領ウァーシン諸島 美属维尔京群岛 美屬維京群島
VN βιετναμ вʼєтнам вьетнам 베트남 ヘトナム 越南
VU βανουατου вануату 바누아투 ハヌアツ 瓦努阿图 萬那杜
WF wallisafutuna wallisesfutuna wallisjafutuna wallissifutuna wallisvefutuna γουαλισκαιφουτουνα уоллисифутуна
  уоллісіфутуна 왈리스푸투나제도 ウォリスフツナ 瓦利斯和富图纳 瓦利斯群島和富圖那群島
WS szamoa σαμοα самоа 사모아 サモア 萨摩亚 薩摩亞
YE υεμενη иемен ємен 예멘 イエメン 也门 葉門
YT μαγιοτ маиотта 마요트 マヨット 馬約特島 马约特
ZA africadesud delafrikaikoztarsasag etelaafrikka guneyafrika jihoafrickarepublika juznaafrika sørafrika νοτιααφρικη
  південноафриканськареспубліка южноафриканскаяреспублика 남아프리카 南アフリカ 南非
ZM zambiya ζαμπια замбия замбія 잠비아 サンヒア 尚比亞 赞比亚
ZW zimbabve ζιμπαμπουε зимбабве зімбабве 짐바브웨 シンハフエ 津巴布韦 辛巴威
"""
