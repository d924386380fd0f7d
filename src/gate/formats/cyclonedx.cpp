#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <vector>

// CycloneDX as a list of vulnerabilities: JSON, XML since 1.4, and the extension for vulnerabilities of earlier XML,
// which holds them in their components.
namespace fairlead::gate {

namespace {

constexpr std::string_view no_list =
    "the BOM has no list of vulnerabilities: it lists the components, but they were not searched for vulnerabilities";

// The highest one of its ratings counts.
Level rated(Level before, std::string_view severity) {
    static constexpr LevelWord words[] = {
        {"critical", Level::error}, {"high", Level::error}, {"medium", Level::warning}};
    return std::min(before, level_of_word(trim(severity), words).value_or(Level::note));
}

// CVSS' bands, where a rating names none: 7.0 is high, 4.0 medium (CVSS 3.1, section 5).
Level rated(Level before, double score) {
    return std::min(before, score >= 7 ? Level::error : score >= 4 ? Level::warning : Level::note);
}

bool settled(std::string_view state) {
    return is_one_of(state, {"not_affected", "false_positive", "resolved", "resolved_with_pedigree"});
}

class CyclonedxJson : public FindingsHandler {
  public:
    CyclonedxJson(const Source& source, Evidence& evidence) : FindingsHandler(source, "CycloneDX", evidence) {}

    bool keeps(std::string_view path, std::string_view name) const override {
        return path != "/vulnerabilities/*" || is_one_of(name, {"id", "ratings", "description", "affects", "analysis"});
    }
    Result<void> close() override {
        if (!listed()) out.fail(std::string(no_list));
        return {};
    }

  protected:
    Part part(std::string_view path) const override {
        if (path == "/vulnerabilities") return Part::list;
        return path.empty() ? Part::enter : Part::skip;
    }
    Result<void> item(std::string_view, const sys::Json& value) override {
        const sys::Json& ratings = member_of(value, "ratings");
        if (!ratings.is_null() && !ratings.is_array())
            return out.broken("the ratings of a vulnerability are not a list");
        const auto state = TRY(out.word(member_of(value, "analysis"), "state"));
        auto level = ratings.empty() ? Level::error : Level::note; // what nobody rated weighs most
        for (const sys::Json& rating : ratings) {
            const auto severity = TRY(out.word(rating, "severity"));
            const sys::Json& score = member_of(rating, "score");
            level = severity.empty() && score.is_number() ? rated(level, score.get<double>()) : rated(level, severity);
        }
        if (settled(state)) return {};
        Foreign finding;
        finding.rule = sys::text_of(value, "id");
        const sys::Json& affects = member_of(value, "affects");
        const auto affected = affects.is_array() && !affects.empty() ? sys::text_of(affects.front(), "ref") : "";
        finding.message =
            fmt::format("{}{}{}", affected, affected.empty() ? "" : ": ", sys::text_of(value, "description"));
        out.add(level, std::move(finding));
        return {};
    }
};

class CyclonedxXml : public sys::XmlHandler {
  public:
    CyclonedxXml(const Source& source, Evidence& evidence) : out_(source, "CycloneDX", evidence) {}

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        if (open_) {
            lengths_.push_back(path_.size());
            path_ += '/';
            path_ += name.substr(0, 40);
            text_.clear();
        } else if (name == "vulnerabilities")
            listed_ = true;
        else if (name == "vulnerability") {
            open_ = true;
            level_ = Level::note;
            is_rated_ = false;
            settled_ = false;
            finding_ = Foreign();
            affected_ = attributes.get("ref").substr(0, 4096);
        }
        return {};
    }
    Result<void> end(std::string_view) override {
        if (!open_) return {};
        if (lengths_.empty()) {
            end_vulnerability();
            return {};
        }
        if (path_ == "/ratings/rating/severity") {
            level_ = rated(level_, text_);
            score_.reset();
            has_severity_ = true;
        } else if (path_ == "/ratings/rating/score" && !has_severity_)
            score_ = std::strtod(text_.c_str(), nullptr);
        else if (path_ == "/ratings/rating") {
            is_rated_ = true;
            if (score_) level_ = rated(level_, *score_);
            score_.reset();
            has_severity_ = false;
        } else if (path_ == "/analysis/state")
            settled_ = settled(trim(std::string_view(text_)));
        else if (path_ == "/id")
            finding_.rule = text_;
        else if (path_ == "/description")
            finding_.message = text_;
        else if (path_ == "/affects/target/ref" && affected_.empty())
            affected_ = text_;
        path_.resize(lengths_.back());
        lengths_.pop_back();
        text_.clear();
        return {};
    }
    Result<void> text(std::string_view part) override {
        if (open_ && text_.size() < 4096) text_ += part.substr(0, 4096);
        return {};
    }
    void close() {
        if (!listed_) out_.fail(std::string(no_list));
    }

  private:
    void end_vulnerability() {
        open_ = false;
        path_.clear();
        text_.clear();
        if (settled_) return;
        if (!is_rated_) level_ = Level::error; // what nobody rated weighs most
        if (!affected_.empty()) finding_.message = affected_ + ": " + finding_.message;
        out_.add(level_, std::move(finding_));
    }

    Findings out_;
    bool open_ = false, listed_ = false, settled_ = false;
    std::string path_, text_, affected_; // below the vulnerability that is open
    std::vector<std::size_t> lengths_;   // of the paths above
    Level level_ = Level::note;
    std::optional<double> score_;                  // of the rating that is open
    bool has_severity_ = false, is_rated_ = false; // the rating, the vulnerability
    Foreign finding_;
};

}

Result<void> read_cyclonedx(const Source& source, const SourceTree&, Evidence& evidence) {
    const bool xml = TRY(source.is_xml());
    if (!xml) {
        CyclonedxJson handler(source, evidence);
        return read_findings(source, handler);
    }
    CyclonedxXml handler(source, evidence);
    TRY_VOID(source.xml(handler));
    handler.close();
    return {};
}

}
