// Pieces and gaps are the text; a gap holds no word; what one piece holds is one statement.
#include "migrate/sql/tokens.h"
#include "support/statements.h"
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace fairlead::migrate;

namespace {

// White, comments and the ';' that ends a statement; behind data its "\." and behind the last COPY's ';' a comment.
bool is_gap(std::string_view text) {
    sql::Scanner scanner(text);
    for (auto token = scanner.next(); token.kind != sql::Token::Kind::end; token = scanner.next()) {
        const bool ends_data = token.is('\\') || token.is('.');
        if (token.kind != sql::Token::Kind::comment && !token.is(';') && !ends_data) return false;
    }
    return true;
}

}

extern "C" int fuzz_migrate_split(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto pieces = split_all(text, "m.sql");
    if (!pieces.ok()) {
        if (pieces.error().place.line < 1 || pieces.error().message.empty()) std::abort();
        return 0;
    }
    std::string joined;
    const char* at = text.data();
    for (const auto& piece : pieces.value()) {
        if (piece.text.data() < at || piece.line < 1) std::abort();
        const std::string_view gap(at, static_cast<std::size_t>(piece.text.data() - at));
        if (!is_gap(gap)) std::abort();
        joined += gap;
        joined += piece.text;
        at = piece.text.data() + piece.text.size();
        if (piece.copy_data || piece.text.starts_with("\xEF\xBB\xBF")) continue; // a mark at the start is skipped
        const auto again = split_all(piece.text, "m.sql");
        if (!again.ok() || again->empty() || again->front().text != piece.text) std::abort();
    }
    const std::string_view rest(at, text.size() - static_cast<std::size_t>(at - text.data()));
    if (!is_gap(rest) || joined + std::string(rest) != text) std::abort();
    return 0;
}
