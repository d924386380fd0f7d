#include "base/text.h"
#include "preflight/rows/form.h"
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

// row_tables FOLDER OUTPUT: the rules of FOLDER/*.yml as C++, so that no start of the program reads YAML for them.
namespace fairlead::preflight {
namespace {

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return out + "\"";
}

std::string listed(const std::vector<std::string>& texts) {
    std::vector<std::string> all;
    for (const auto& text : texts) all.push_back(in_quotes(text));
    return "{" + join(all, ", ") + "}";
}

std::string number(const std::optional<std::int64_t>& value) {
    return value ? fmt::format("std::int64_t{{{}}}", *value) : "std::nullopt";
}

std::string condition(const Condition& one) {
    return fmt::format("{{.is = {}, .is_not = {}, .has = {}, .lacks = {}, .matches = {}, .except = {}, .above = {}, "
                       ".below = {}, .missing = {}, .present = {}, .pattern = pattern({})}}",
                       listed(one.is), listed(one.is_not), listed(one.has), listed(one.lacks), in_quotes(one.matches),
                       listed(one.except), number(one.above), number(one.below), one.missing, one.present,
                       in_quotes(one.matches));
}

std::string row(const RuleRow& one) {
    std::vector<std::string> where;
    for (const auto& [key, value] : one.where)
        where.push_back(fmt::format("{{{}, {}}}", in_quotes(key), condition(value)));
    return fmt::format(
        "    all.push_back({{.place = {{}}, .id = {}, .title = {}, .level = {}, .applies = {}, .in = {}, .each = {}, "
        ".kinds = {}, .warning_kinds = {}, .files = {}, .paths = {}, .wrong = {}, .where = {{{}}}, .message = {}, "
        ".why = {}, .way_out = {}, .peers = {}, .refs = {}}});\n",
        in_quotes(one.id), in_quotes(one.title), in_quotes(one.level), in_quotes(one.applies), in_quotes(one.in),
        in_quotes(one.each), listed(one.kinds), listed(one.warning_kinds), listed(one.files), listed(one.paths),
        condition(one.wrong), join(where, ", "), in_quotes(one.message), in_quotes(one.why), in_quotes(one.way_out),
        listed(one.peers), listed(one.refs));
}

Result<std::string> tables_of(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& one : std::filesystem::directory_iterator(folder))
        if (one.path().extension() == ".yml") files.push_back(one.path());
    std::sort(files.begin(), files.end());
    std::string out = "#include \"preflight/rows/tables.h\"\nnamespace fairlead::preflight {\nnamespace {\n"
                      "std::shared_ptr<const sys::Pattern> pattern(std::string_view text) {\n"
                      "    if (text.empty()) return nullptr;\n"
                      "    return std::make_shared<const sys::Pattern>(sys::Pattern::compile(text).value());\n}\n";
    std::string table;
    for (const auto& file : files) {
        std::ifstream in(file);
        const std::string text{std::istreambuf_iterator<char>(in), {}}, name = file.filename().string();
        out +=
            fmt::format("std::vector<RuleRow> rows_of_{}() {{\n    std::vector<RuleRow> all;\n", file.stem().string());
        const auto rows = TRY(rows_in(text, name));
        for (const auto& one : rows) out += row(one);
        out += "    return all;\n}\n";
        table += fmt::format("    {{{}, rows_of_{}}},\n", in_quotes(name), file.stem().string());
    }
    return out + "constexpr RowTable tables_here[] = {\n" + table +
           "};\n}\nconst std::span<const RowTable> row_tables = tables_here;\n}\n";
}

}
}

int main(int count, char** words) {
    if (count != 3) return 2;
    const auto made = fairlead::preflight::tables_of(words[1]);
    if (!made.ok()) {
        std::fprintf(stderr, "%s:%d: %s\n", made.error().place.file.c_str(), made.error().place.line,
                     made.error().message.c_str());
        return 1;
    }
    std::ofstream out(words[2]);
    out << made.value();
    return out.flush() ? 0 : 1;
}
