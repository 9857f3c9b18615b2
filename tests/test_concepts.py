from config.concepts import PAGE, drawn


def test_the_life_cycles_in_the_docs_are_those_of_the_code():
    assert PAGE.read_text() == drawn(), "run: python -m config.concepts"
