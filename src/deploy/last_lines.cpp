#include "deploy/last_lines.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"

namespace fairlead::deploy {

std::string last_lines_of(const std::string& text, std::size_t most) {
    register_urls_in(text);
    auto lines = split(trim(text), '\n');
    if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most));
    return printable(join(lines, "\n"));
}

}
