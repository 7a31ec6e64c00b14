"""The sentence about what could not be read."""

from multitrack_steps.audio.damage import Damage


def test_an_undamaged_track_has_no_sentence() -> None:
    assert Damage().sentence(3.0) is None


def test_losses_are_named_on_the_recordings_clock_and_neighbours_are_one() -> None:
    damage = Damage()
    damage.lose(10.0, 10.5)
    damage.lose(11.2, 12.0)
    damage.lose(30.0, 31.0)
    assert damage.sentence(5.0) == (
        "damaged between 15.0 s and 17.0 s, 35.0 s and 36.0 s: "
        "what cannot be decoded there is silence"
    )


def test_many_losses_are_counted() -> None:
    damage = Damage()
    for start in range(0, 100, 10):
        damage.lose(start, start + 1)
    assert "and 7 more" in str(damage.sentence(0.0))


def test_the_packet_that_a_cut_file_ends_in_is_no_second_loss() -> None:
    damage = Damage()
    damage.lose(59.5, 60.0)
    damage.cut_off(60.0, 100.0)
    assert damage.sentence(0.0) == "the file is cut off: it ends at 60.0 s of 100.0 s"


def test_time_stamps_that_run_backwards_are_said() -> None:
    assert Damage(overlapped=4.0).sentence(0.0) == (
        "4.0 s left out, as its time stamps run backwards"
    )
