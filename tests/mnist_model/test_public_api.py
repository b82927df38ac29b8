import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import mnist_model

HEAVY = ("PIL", "cv2", "keras", "numpy", "openvino", "tensorflow")


def modules_after(code: str) -> set[str]:
    """The top-level modules that a fresh Python holds once it has run `code`."""
    program = f"{code}\nimport sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_all_names_all_that_is_public_in_order() -> None:
    public = set(mnist_model._ON_PIXELS) | {
        name
        for name, value in vars(mnist_model).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert set(mnist_model.__all__) == public
    constants = [name for name in mnist_model.__all__ if name.isupper()]
    classes = [name for name in mnist_model.__all__ if name[0].isupper() and not name.isupper()]
    functions = [name for name in mnist_model.__all__ if name.islower()]
    assert mnist_model.__all__ == sorted(constants) + sorted(classes) + sorted(functions)


@pytest.mark.parametrize("name", [name for name in mnist_model.__all__ if not name.isupper()])
def test_every_public_name_has_a_docstring(name: str) -> None:
    value = getattr(mnist_model, name)
    # Its own: a class inherits its base's, and a dataclass writes itself one, "Box(x: int, ...)".
    docstring = vars(value)["__doc__"] if inspect.isclass(value) else inspect.getdoc(value)
    assert docstring
    assert not docstring.startswith(f"{name}(")


def test_everything_that_can_be_wrong_with_a_photo_can_be_caught_by_name() -> None:
    faults = mnist_model.PhotoError.__subclasses__()
    assert {fault.__name__ for fault in faults} <= set(mnist_model.__all__)


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert modules_after("import mnist_model").isdisjoint(HEAVY)


def test_a_name_that_is_not_public_is_missed_as_in_any_module() -> None:
    assert not hasattr(mnist_model, "network")


def test_reading_needs_no_tensorflow() -> None:
    # Keras would import it, where it is installed, on as little as saving a model.
    modules = modules_after(
        "import io\n"
        "from PIL import Image\n"
        "import mnist_model\n"
        "photo = io.BytesIO()\n"
        "Image.new('L', (300, 300), 200).save(photo, 'PNG')\n"
        "assert mnist_model.load_reader().read(photo.getvalue()).text == ''\n"
    )
    assert "openvino" in modules
    assert "tensorflow" not in modules


def test_what_keras_needs_for_spectrograms_alone_is_loaded_when_it_is_used() -> None:
    program = (
        "import sys, mnist_model\n"
        "mnist_model.load_reader()\n"
        "assert 'keras' in sys.modules\n"
        "assert 'scipy.stats' not in sys.modules\n"  # one of the many that scipy.signal brings
        "import scipy.signal\n"
        "assert scipy.signal.get_window('hann', 4).tolist() == [0, 0.5, 1, 0.5]\n"
        "assert 'scipy.stats' in sys.modules\n"
    )
    modules_after(program)


def test_who_asks_for_one_thread_gets_all_computed_on_that() -> None:
    program = (
        "import time, mnist_model\n"
        "from mnist_model.benchmark import bench_photo\n"
        "mnist_model.compute_on_one_thread()\n"
        "reader, photo = mnist_model.load_reader(), bench_photo()\n"
        "process, thread = time.process_time(), time.thread_time()\n"
        "for _ in range(20):\n"
        "    reader.read(photo)\n"
        "process, thread = time.process_time() - process, time.thread_time() - thread\n"
        "assert thread > 0.95 * process, (thread, process)\n"
    )
    modules_after(program)
