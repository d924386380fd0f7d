#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"

// golangci-lint, JSON output of versions 1 and 2: pkg/printers/json.go, pkg/report/data.go.
namespace fairlead::gate {

namespace {

// What a severity means is up to its configuration, which knows no fixed set: the words of other formats.
Level golangci_level(std::string_view severity) {
    static constexpr LevelWord words[] = {
        {"warning", Level::warning}, {"warn", Level::warning}, {"medium", Level::warning}, {"minor", Level::warning},
        {"info", Level::note},       {"note", Level::note},    {"low", Level::note},       {"hint", Level::note}};
    return level_of_word(severity, words).value_or(Level::error); // empty, too: nothing is configured
}

class GolangciHandler : public FindingsHandler {
  public:
    GolangciHandler(const Source& source, Evidence& evidence) : FindingsHandler(source, "golangci-lint", evidence) {}

    bool keeps(std::string_view path, std::string_view name) const override {
        return path != "/Issues/*" || is_one_of(name, {"FromLinter", "Text", "Severity", "Pos", "LineRange"});
    }

  protected:
    Part part(std::string_view path) const override {
        if (path == "/Issues") return Part::list;
        if (path == "/Report/Error" || path == "/Report/Warnings/*") return Part::fact;
        return is_one_of(path, {"", "/Report", "/Report/Warnings"}) ? Part::enter : Part::skip;
    }
    Result<void> item(std::string_view, const sys::Json& value) override {
        const auto severity = TRY(out.word(value, "Severity"));
        const sys::Json& place = member_of(value, "Pos");
        Foreign finding;
        finding.rule = sys::text_of(value, "FromLinter");
        finding.message = sys::text_of(value, "Text");
        finding.file = sys::text_of(place, "Filename");
        finding.line = number_of(place, "Line", number_of(member_of(value, "LineRange"), "From"));
        finding.column = number_of(place, "Column");
        out.add(golangci_level(severity), std::move(finding));
        return {};
    }
    // An error ended the run; a linter that could not run is only a warning there.
    Result<void> fact(std::string_view path, const sys::Json& value) override {
        const auto text = value.is_string() ? value.get<std::string>() : sys::text_of(value, "Text");
        if (path == "/Report/Error" ? !text.empty() : text.starts_with("Can't run linter"))
            out.fail("golangci-lint says: " + one_line(text));
        return {};
    }
};

}

Result<void> read_golangci(const Source& source, const SourceTree&, Evidence& evidence) {
    GolangciHandler handler(source, evidence);
    return read_findings(source, handler);
}

}
