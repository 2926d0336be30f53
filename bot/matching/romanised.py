"""Urdu, Hindi, Punjabi and Bengali typed in Latin letters, brought back into a script that the encoder knows well.

People type as they speak: "nalke ka pani mat peena". There is no rule of spelling, so this is one by sound: the most
frequent words from a list, the rest letter by letter into Devanagari (Bengali script for Bengali), which writes the vowels
that the Latin spelling gives. English words among them stay. Both the text as typed and as written anew are compared, and
the nearer counts, so a wrong guess costs little.
"""

import re

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")

_HINDI = {
    "hai": "है", "hain": "हैं", "he": "है", "ha": "हाँ", "ka": "का", "ki": "की", "ke": "के", "ko": "को", "se": "से", "mein": "में",
    "mai": "मैं", "main": "मैं", "me": "में", "nahi": "नहीं", "nahin": "नहीं", "nai": "नहीं", "nhi": "नहीं", "mat": "मत", "na": "न",
    "aur": "और", "or": "और", "par": "पर", "pe": "पे", "wale": "वाले", "wala": "वाला", "wali": "वाली", "hum": "हम", "tum": "तुम",
    "aap": "आप", "kya": "क्या", "kyun": "क्यों", "kyu": "क्यों", "kab": "कब", "kahan": "कहाँ", "yeh": "यह", "ye": "ये", "woh": "वह",
    "wo": "वो", "is": "इस", "us": "उस", "jo": "जो", "to": "तो", "toh": "तो", "bhi": "भी", "hi": "ही", "kar": "कर", "karte": "करते",
    "karna": "करना", "karo": "करो", "karega": "करेगा", "karegi": "करेगी", "karenge": "करेंगे", "hota": "होता", "hoti": "होती",
    "hoga": "होगा", "hogi": "होगी", "honge": "होंगे", "ho": "हो", "raha": "रहा", "rahi": "रही", "rahe": "रहे", "gaya": "गया",
    "gayi": "गई", "gaye": "गए", "jata": "जाता", "jati": "जाती", "jate": "जाते", "jana": "जाना", "aaj": "आज", "kal": "कल", "pani": "पानी",
    "bache": "बच्चे", "bachon": "बच्चों", "bacche": "बच्चे", "bacha": "बच्चा", "sab": "सब", "log": "लोग", "logon": "लोगों",
    "sarkar": "सरकार", "hukumat": "हुकूमत", "dawai": "दवाई", "dawa": "दवा", "teeka": "टीका", "tika": "टीका", "zeher": "ज़हर",
    "zehar": "ज़हर", "band": "बंद", "liye": "लिए", "liya": "लिया", "diya": "दिया", "dete": "देते", "deta": "देता", "de": "दे",
    "le": "ले", "khana": "खाना", "khao": "खाओ", "peena": "पीना", "pina": "पीना", "ghar": "घर", "raat": "रात", "din": "दिन",
    "suna": "सुना", "kisi": "किसी", "kuch": "कुछ", "bohat": "बहुत", "bahut": "बहुत", "bimar": "बीमार", "beemar": "बीमार",
    "bimari": "बीमारी", "theek": "ठीक", "thik": "ठीक", "paise": "पैसे", "paisa": "पैसा", "jurmana": "जुर्माना", "ghalat": "गलत",
    "galat": "गलत", "sach": "सच", "jhoot": "झूठ", "jhooth": "झूठ", "afwah": "अफ़वाह", "sirf": "सिर्फ", "bahar": "बाहर", "khula": "खुला",
    "khule": "खुले", "peer": "सोमवार", "mangal": "मंगलवार", "budh": "बुधवार", "jumma": "शुक्रवार", "hafta": "हफ्ता",
    "shehar": "शहर", "hukum": "हुक्म", "wajah": "वजह", "jab": "जब", "ab": "अब", "phir": "फिर", "fir": "फिर", "kaam": "काम",
    "musalman": "मुसलमान", "musalmanon": "मुसलमानों", "khatam": "खत्म", "zaroorat": "ज़रूरत", "zarurat": "ज़रूरत", "apni": "अपनी",
    "apna": "अपना", "apne": "अपने", "zaban": "ज़बान", "mareez": "मरीज़", "mareezon": "मरीज़ों", "agar": "अगर", "lagega": "लगेगा",
    "lagenge": "लगेंगे", "laga": "लगा", "lagwane": "लगवाने", "falij": "फालिज", "suar": "सुअर", "fauj": "फौज", "lehsun": "लहसुन",
}  # fmt: skip
_PUNJABI = {
    "da": "दा", "di": "दी", "de": "दे", "nu": "नूँ", "vich": "विच", "nal": "नाल", "naal": "नाल", "ne": "ने", "si": "सी", "aa": "आ",
    "hega": "हेगा", "nai": "नहीं", "tuhada": "तुम्हारा", "sade": "हमारे", "sada": "हमारा", "assi": "हम", "tusi": "आप", "kehnde": "कहते",
    "painda": "पड़ता", "paani": "पानी", "honda": "होता", "hundi": "होती", "hunda": "होता", "kithe": "कहाँ", "kiven": "कैसे",
}  # fmt: skip
_BENGALI = {
    "ache": "আছে", "achhe": "আছে", "nai": "নাই", "nei": "নেই", "na": "না", "er": "এর", "ar": "আর", "ami": "আমি", "tumi": "তুমি",
    "apni": "আপনি", "amar": "আমার", "amader": "আমাদের", "theke": "থেকে", "jonno": "জন্য", "korte": "করতে", "kore": "করে",
    "korbe": "করবে", "hobe": "হবে", "hoy": "হয়", "hoye": "হয়ে", "jay": "যায়", "jabe": "যাবে", "diye": "দিয়ে", "dibe": "দিবে",
    "pani": "পানি", "panite": "পানিতে", "bish": "বিষ", "baccha": "বাচ্চা", "bacchader": "বাচ্চাদের", "tika": "টিকা", "khabar": "খাবার",
    "ki": "কি", "keno": "কেন", "kobe": "কবে", "aj": "আজ", "kal": "কাল", "shob": "সব", "sob": "সব", "manush": "মানুষ", "bondho": "বন্ধ",
    "bolche": "বলছে", "shunlam": "শুনলাম", "taka": "টাকা", "ghor": "ঘর", "basay": "বাসায়", "kono": "কোনো", "ekta": "একটা", "eta": "এটা",
    "oshudh": "ওষুধ", "sorkar": "সরকার", "dokan": "দোকান", "khaben": "খাবেন", "khaiyen": "খাইয়েন", "thakbe": "থাকবে",
}  # fmt: skip
_ENGLISH = frozenset(
    "the is are of and to in that it for with not you they we he she was will be has have do does did from this what there who "
    "when your my our their his her its if so no yes can could would should about all any because been but by get got just like "
    "made make more now one only out over said say some take than them then these think time two up us use very want were which "
    "don't dont it's its i'm".split()
)
_MARKS = {
    "hi": frozenset(_HINDI) - {"is", "us", "me", "he", "to", "se", "or", "par", "main", "band", "sab", "de", "le", "log", "bin", "ha", "na", "hi"},
    "pa": frozenset(_PUNJABI) - {"de", "ne", "si", "da", "di", "nu", "aa"} | {"vich", "naal", "tusi", "assi"},
    "bn": frozenset(_BENGALI) - {"er", "ar", "na", "aj", "ki", "nai", "kal", "pani", "tika", "jay"},
}  # fmt: skip


def rewritten(text: str) -> str | None:
    """The text in the script of its language, or None when it is not one of these in Latin letters."""
    words = [each.group().lower() for each in _WORD.finditer(text)]
    latin = [each for each in words if each.isascii()]
    if len(words) < 3 or len(latin) < 0.7 * len(words):
        return None
    counts = {language: sum(each in marks for each in latin) for language, marks in _MARKS.items()}
    language = max(counts, key=lambda each: counts[each])
    if counts["pa"] and counts["hi"] + counts["pa"] > counts["bn"]:
        language = "pa"
    total = counts["hi"] + counts["pa"] if language != "bn" else counts["bn"]
    english = sum(each in _ENGLISH for each in latin)
    if total < 2 or total < 0.2 * len(latin) or english > total:
        return None
    known = {"hi": _HINDI, "pa": {**_HINDI, **_PUNJABI}, "bn": _BENGALI}[language]
    letters = _BENGALI_LETTERS if language == "bn" else _DEVANAGARI
    return _WORD.sub(lambda found: _word(found.group(), known, letters), text)


_DEVANAGARI = (
    {"kh": "ख", "gh": "घ", "chh": "छ", "ch": "च", "jh": "झ", "th": "थ", "dh": "ध", "ph": "फ", "bh": "भ", "sh": "श", "ss": "स्स",
     "cch": "च्च", "tt": "ट्ट", "kk": "क्क", "ll": "ल्ल", "nn": "न्न", "mm": "म्म", "pp": "प्प", "bb": "ब्ब", "dd": "ड्ड", "gg": "ग्ग",
     "k": "क", "g": "ग", "c": "क", "j": "ज", "t": "त", "d": "द", "n": "न", "p": "प", "b": "ब", "m": "म", "y": "य", "r": "र",
     "l": "ल", "w": "व", "v": "व", "s": "स", "h": "ह", "z": "ज़", "f": "फ", "q": "क", "x": "क्स"},
    {"aa": "ा", "ai": "ै", "au": "ौ", "ee": "ी", "ii": "ी", "oo": "ू", "uu": "ू", "a": "", "e": "े", "i": "ि", "o": "ो", "u": "ु"},
    {"aa": "आ", "ai": "ऐ", "au": "औ", "ee": "ई", "ii": "ई", "oo": "ऊ", "uu": "ऊ", "a": "अ", "e": "ए", "i": "इ", "o": "ओ", "u": "उ"},
    {"a": "ा", "i": "ी", "u": "ू"},
)  # fmt: skip
"""Consonants; vowels after one; vowels that stand alone; vowels at the end of a word, which are long."""
_BENGALI_LETTERS = (
    {"kh": "খ", "gh": "ঘ", "chh": "ছ", "ch": "চ", "jh": "ঝ", "th": "থ", "dh": "ধ", "ph": "ফ", "bh": "ভ", "sh": "শ", "cch": "চ্চ",
     "k": "ক", "g": "গ", "c": "ক", "j": "জ", "t": "ত", "d": "দ", "n": "ন", "p": "প", "b": "ব", "m": "ম", "y": "য়", "r": "র",
     "l": "ল", "w": "ও", "v": "ভ", "s": "স", "h": "হ", "z": "জ", "f": "ফ", "q": "ক", "x": "ক্স"},
    {"aa": "া", "ai": "ৈ", "au": "ৌ", "ee": "ী", "oo": "ু", "a": "া", "e": "ে", "i": "ি", "o": "ো", "u": "ু"},
    {"aa": "আ", "ai": "ঐ", "au": "ঔ", "ee": "ঈ", "oo": "উ", "a": "আ", "e": "এ", "i": "ই", "o": "ও", "u": "উ"},
    {"i": "ি"},
)  # fmt: skip
_Letters = tuple[dict[str, str], dict[str, str], dict[str, str], dict[str, str]]


def _word(word: str, known: dict[str, str], letters: _Letters) -> str:
    low = word.lower()
    if low in known:
        return known[low]
    if low in _ENGLISH or not low.isascii() or word.isupper() or low in _LOANS:
        return word
    return _spelled(low, letters)


_LOANS = frozenset(
    "school schools hospital council home office flu vaccine virus bin bins pound pounds address deport van photo card vote link "
    "whatsapp petrol pump weekend tower chip doctor social service services food bank british passport curfew january monday "
    "tuesday wednesday thursday friday saturday sunday family voucher paracetamol dam autism police corona covid lockdown mask "
    "test phone mobile app bus train job visa shop market mosque church test water tax fine free ticket".split()
)


def _spelled(word: str, letters: _Letters) -> str:
    consonants, after, alone, final = letters
    written, at, open_ = "", 0, False
    while at < len(word):
        found = next((word[at : at + n] for n in (3, 2, 1) if word[at : at + n] in consonants), None)
        if found is not None:
            written, open_, at = written + consonants[found], True, at + len(found)
            continue
        vowel = next((word[at : at + n] for n in (2, 1) if word[at : at + n] in after), None)
        if vowel is None:
            written, open_, at = written + word[at], False, at + 1
            continue
        at += len(vowel)
        ends = at == len(word)
        written += (final.get(vowel, after[vowel]) if ends else after[vowel]) if open_ else alone[vowel]
        open_ = False
    return written
