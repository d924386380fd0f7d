#include "preflight/checklists/catalog.h"
#include "base/path.h"
#include "base/printable.h"
#include "base/text.h"
#include "preflight/checklists/embedded.h"
#include "preflight/checklists/read.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

std::string_view name_of(const EmbeddedText& one) { return one.name.substr(0, one.name.rfind('.')); }

// The text behind "- [ ]", "* [ ]" or "1. [ ]"; nothing: the line is no open point.
std::optional<std::string_view> open_point(std::string_view line) {
    line = trim(line);
    const auto mark = line.find("[ ] ");
    if (mark == line.npos || mark == 0) return std::nullopt;
    const auto before = trim(line.substr(0, mark));
    const bool numbered = before.size() > 1 && (before.back() == '.' || before.back() == ')') &&
                          std::all_of(before.begin(), before.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
    if (before != "-" && before != "*" && before != "+" && !numbered) return std::nullopt;
    constexpr std::size_t length = 4;
    const auto text = trim(line.substr(mark + length));
    return text.empty() ? std::nullopt : std::optional(text);
}

std::string section_id(const std::string& file) {
    std::string id;
    for (const char c : lower(file_name(file))) id += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
    return is_item_id(id) ? id : "imported";
}

Error unknown(const std::string& name) {
    const auto known = builtin_checklists();
    const auto near = nearest(name, known);
    return usage(fmt::format("checklist '{}' is unknown; {}", one_line(name),
                             near.empty() ? fmt::format("expected {}, or write {}/{}.yml", one_of(known),
                                                        checklists_folder, is_item_id(name) ? name : "NAME")
                                          : "did you mean " + near + "?"));
}

void add_list(Checklist& list, Checklist more) {
    if (!more.about.empty()) list.about = std::move(more.about);
    list.required.insert(list.required.end(), more.required.begin(), more.required.end());
    list.imported.insert(list.imported.end(), more.imported.begin(), more.imported.end());
    for (auto& section : more.sections) {
        const auto same = [&](const Section& one) { return one.id == section.id; };
        if (std::none_of(list.sections.begin(), list.sections.end(), same)) list.sections.push_back(std::move(section));
    }
    for (auto& item : more.items) list.items.push_back(std::move(item));
}

void sort_by_section(Checklist& list) {
    const auto place = [&](const Item& item) {
        return std::find_if(list.sections.begin(), list.sections.end(),
                            [&](const Section& one) { return one.id == item.section; }) -
               list.sections.begin();
    };
    std::stable_sort(list.items.begin(), list.items.end(),
                     [&](const Item& one, const Item& other) { return place(one) < place(other); });
}

}

std::vector<std::string> builtin_checklists() {
    std::vector<std::string> names;
    for (const auto& one : checklist_texts) names.emplace_back(name_of(one));
    return names;
}

std::string builtin_text(std::string_view name) {
    for (const auto& one : checklist_texts)
        if (name_of(one) == name) return std::string(one.text);
    return {};
}

void import_markdown(std::string_view text, const std::string& file, Checklist& list) {
    constexpr std::size_t most_points = 1000, longest = 300, digits = 10;
    const Section section{section_id(file), file};
    list.sections.push_back(section);
    int number = 0;
    std::size_t found = 0;
    bool in_code = false;
    for (const auto& line : split(text, '\n')) {
        ++number;
        if (trim(std::string_view(line)).starts_with("```")) in_code = !in_code;
        const auto point = in_code ? std::nullopt : open_point(line);
        if (!point || found == most_points) continue;
        Item item;
        item.text = to_valid_utf8(point->substr(0, longest));
        item.id = std::string(imported_mark) + sys::sha256(item.text).substr(0, digits);
        if (list.find(item.id)) continue; // the same words are the same point
        item.section = section.id;
        item.help = fmt::format("It is in {}:{}. Do it, then sign it or tick it there.", file, number);
        item.place = {file, number, 1, {}};
        list.items.push_back(std::move(item));
        ++found;
    }
}

Result<Checklist> load_checklist(const std::string& name, const ReadPolicy& read) {
    if (!is_item_id(name)) return unknown(name);
    Checklist list;
    const auto ours = builtin_text(name);
    if (!ours.empty()) list = TRY(read_checklist(ours, "(built-in) " + name + ".yml", name));
    const auto path = fmt::format("{}/{}.yml", checklists_folder, name);
    if (const auto theirs = TRY(read(path))) {
        auto more = TRY(read_checklist(*theirs, path, name));
        for (const Item& item : more.items)
            if (list.find(item.id))
                return usage(
                    fmt::format("the id {} belongs to an item of the built-in checklist; give this item another id",
                                item.id),
                    item.place);
        if (ours.empty())
            list = std::move(more);
        else
            add_list(list, std::move(more));
    } else if (ours.empty()) {
        return unknown(name);
    }
    for (const auto& file : list.imported) {
        const auto text = TRY(read(file));
        if (!text)
            return usage(fmt::format("{} imports '{}', which isn't there; write the path from the project's root", path,
                                     one_line(file)));
        import_markdown(*text, file, list);
    }
    sort_by_section(list);
    return list;
}

}
