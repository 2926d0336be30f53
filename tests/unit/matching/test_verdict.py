"""How sure a recognition is: the lead over the next different answers, also where few are known."""

from bot.matching.index import Near
from bot.matching.verdict import Decision, Thresholds, confidence, judge


def near(*scores: tuple[int, float]) -> list[Near]:
    return [Near(row, answer, cosine) for row, (answer, cosine) in enumerate(scores)]


def test_several_texts_of_one_answer_do_not_stand_in_each_others_way() -> None:
    alone = near((1, 0.7), (2, 0.3), (3, 0.3), (4, 0.3), (5, 0.3), (6, 0.3))
    twice = near((1, 0.7), (1, 0.69), (2, 0.3), (3, 0.3), (4, 0.3), (5, 0.3), (6, 0.3))
    assert confidence(alone) == confidence(twice)
    rivals = near((1, 0.7), (2, 0.69), (3, 0.3), (4, 0.3), (5, 0.3), (6, 0.3))
    assert confidence(rivals) < confidence(alone) - 3


def test_who_knows_one_answer_does_not_give_it_to_everybody() -> None:
    texts = {0: "The tap water is safe to drink."}
    for cosine in (0.1, 0.3, 0.45):
        assert judge("where can I buy a bicycle", near((1, cosine)), texts, Thresholds()).decision != Decision.ANSWER
    assert judge("is our tap water good and safe", near((1, 0.75)), texts, Thresholds()).decision == Decision.ANSWER


def test_a_row_whose_text_is_gone_is_no_candidate() -> None:
    assert judge("anything at all here", near((1, 0.9)), {}, Thresholds()).decision == Decision.NEW
