"""What layers keep does not get into one another's way."""

import numpy as np

from actcli.network.storage import Storage, shaped


def test_rooms_do_not_overlap_and_are_the_same_whenever_they_are_asked_for():
    storage = Storage(3, 10, 6, np.dtype(np.float32))
    for layer in range(3):
        for number, array in enumerate(storage.room(layer)):
            array[:] = 10 * layer + number
    for layer in range(3):
        for number, array in enumerate(storage.room(layer)):
            assert array.dtype == np.float32
            assert (array == 10 * layer + number).all()


def test_what_is_written_into_a_shape_stays_in_the_room():
    room = Storage(1, 10, 0, np.dtype(np.float64)).room(0)
    shaped(room.outputs, (1, 2, 4))[...] = 7
    assert room.outputs[:8].tolist() == [7.0] * 8
    assert room.weights is None
