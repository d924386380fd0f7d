// Whatever an envelope is: read, it is what was signed, by a key that was given. The signature itself can't be found by
// trying; so the payload is also read as a statement of its own.
#include "attest/envelope.h"
#include "attest/statement.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

extern "C" int fuzz_attest_envelope(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    attest::Key key;
    key.key.bytes.fill(7);
    const auto opened = attest::open(text, "e", attest::statement_payload, {&key, 1}, SystemTime());
    if (opened.ok() || opened.error().kind != Kind::no) std::abort();
    const auto statement = attest::read_statement(text, "s", attest::provenance_type);
    if (!statement.ok()) return 0;
    const auto again = attest::read_statement(attest::write_statement(statement.value()), "s", attest::provenance_type);
    if (!again.ok() || again->subjects != statement->subjects) std::abort();
    return 0;
}
