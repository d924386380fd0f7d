#include "tag/rules/notes.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

void Notes::add(Note note) {
    const bool known = std::any_of(notes_.begin(), notes_.end(), [&](const Note& other) {
        return other.message == note.message && other.origin.line == note.origin.line &&
               other.origin.input == note.origin.input;
    });
    if (!known) notes_.push_back(std::move(note));
}

Result<void> refuse_faults(const Notes& notes, const PlaceOf& place_of) {
    for (const auto& note : notes.all()) {
        if (note.weight != Weight::fault) continue;
        Error error = wrong_input(note.message, note.origin, note.way_out);
        if (place_of) error.place = place_of(note.origin.input, note.origin.line);
        return error;
    }
    return {};
}

std::string describe(const Origin& origin) {
    if (origin.input.empty()) return {};
    if (origin.line == 0) return fmt::format("input {}", origin.input);
    return fmt::format("{}, line {}", origin.input, origin.line);
}

std::string describe(const Note& note) {
    std::string line = note.message;
    if (const auto place = describe(note.origin); !place.empty()) line += fmt::format(" ({})", place);
    if (!note.way_out.empty()) line += "; " + note.way_out;
    return line;
}

Error wrong_input(std::string message, const Origin& origin, std::string_view way_out) {
    std::string second = describe(origin);
    if (!origin.text.empty()) second += ": `" + origin.text + "`";
    if (!way_out.empty()) second += (second.empty() ? "" : "; ") + std::string(way_out);
    if (!second.empty()) message += "\n" + second;
    return usage(std::move(message), {{}, origin.line, 0, {}});
}

}
