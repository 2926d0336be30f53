"""Small files and rumours for the phones, all of them invented and saying so; speech is a computer voice."""

from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).parent / "static" / "samples"
SAMPLE_FILES = {
    "photo": "photo.jpg",
    "voice": "voice.ogg",
    "video": "video.mp4",
    "video_note": "video_note.mp4",
    "audio": "audio.mp3",
    "document": "document.pdf",
    "animation": "animation.mp4",
    "sticker": "sticker.webp",
}


@dataclass(frozen=True, slots=True)
class Rumour:
    """A prepared rumour that a phone can forward: text, language (BCP 47), origin kind and the name it shows."""

    text: str
    language: str
    origin: str = "hidden_user"
    name: str = "Sample sender"


RUMOURS = (
    # The first is new to the library and goes to the team; the second it knows, and answers at once; of the others the
    # library knows some well enough to offer an answer.
    Rumour(
        "Forwarded many times: the vitamin drops that the clinic gives to babies are made with pork."
        " Tell every mother before the next visit!",
        "en",
    ),
    Rumour(
        "Forwarded many times: a nurse I know says the MMR jab gives children autism."
        " Tell every parent before the school letter comes!",
        "en",
    ),
    Rumour(
        "ایک نرس نے بتایا ہے کہ ایم ایم آر کے ٹیکے سے بچوں کو آٹزم ہو جاتا ہے۔"
        " اسکول کا خط آنے سے پہلے سب والدین کو بتائیں!",
        "ur",
        "user",
    ),
    Rumour(
        "PILNE! Bez paszportu nie wpuszczą was do lokalu wyborczego. Powiedzcie wszystkim, żeby nie szli na darmo.",
        "pl",
        "channel",
        "Sample channel",
    ),
    Rumour(
        "You have an unpaid parking fine from the council. Pay within 24 hours or your car will be taken:"
        " https://pay-the-fine.example",
        "en",
    ),
    Rumour("عاجل: لقاح الإنفلونزا هو الذي يسبب الإنفلونزا. لا تأخذوه وأرسلوا هذه الرسالة للجميع.", "ar"),
    Rumour("ਗਰਮ ਪਾਣੀ ਪੀਣ ਨਾਲ ਫਲੂ ਨਹੀਂ ਹੁੰਦਾ, ਟੀਕੇ ਦੀ ਲੋੜ ਨਹੀਂ। ਸਭ ਨੂੰ ਭੇਜੋ।", "pa", "chat", "Sample group"),
    Rumour("বন্যার পরে আমাদের এলাকার কলের পানি বিষাক্ত। সবাইকে জানান।", "bn"),
    Rumour(
        "They are closing the library so that one group gets it as a private hall. Nobody asked us."
        " Share before they delete this!",
        "en",
        "channel",
        "Sample channel",
    ),
)

SAMPLE_PEOPLE = (
    ("Amina", "ur", "resident, Caldmore", "resident"),
    ("Marek", "pl", "resident, Bloxwich", "resident"),
    ("Gurpreet", "pa", "resident, Pleck", "resident"),
    ("Nadia", "ar", "resident, Birchills", "resident"),
    ("Shirin", "bn", "resident, Palfrey", "resident"),
    ("Grace", "en", "resident, Darlaston", "resident"),
    ("Imam Yusuf (sample)", "ur", "leader", "leader"),
    ("Jo (sample)", "en", "comms team", "staff"),
)


def sample_file(name: str) -> tuple[str, bytes]:
    """Name and bytes of a sample, by its kind (photo, voice, ...) or file name; raises ValueError if unknown."""
    file_name = SAMPLE_FILES.get(name, name)
    if file_name not in SAMPLE_FILES.values():
        raise ValueError(f"no sample {name!r}; there are {', '.join(SAMPLE_FILES)}")
    return file_name, (SAMPLES / file_name).read_bytes()
