#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include "tag/source/facts.h"
#include "tag/template/template.h"
#include "tag/version/pep440.h"
#include "tag/version/semver.h"

// The names that templates may use, and their rendering with everything suspicious noted.
namespace fairlead::tag {

class Expressions {
  public:
    Expressions(const Facts& facts, Notes& notes);
    Expressions(const Expressions&) = delete;
    Expressions& operator=(const Expressions&) = delete;

    const Names& everywhere() const { return global_; } // in values, prefixes, suffixes, enable and labels
    const Names& dates() const { return dates_; }       // in the pattern of type=schedule

    Result<std::string> render(std::string_view text, const Origin& origin) { return render(text, global_, origin); }
    Result<std::string> render(std::string_view text, const Names& names, const Origin& origin);

  private:
    Result<Value> date(const char* name, SystemTime instant, const std::vector<Argument>& arguments);

    const Facts& facts_;
    Notes& notes_;
    Origin origin_; // of what is being rendered
    Names dates_, global_;
};

// In the pattern of type=semver and type=pep440.
Names version_names(const Semver& version, const std::string& raw);
Names version_names(const Pep440& version, const std::string& raw);

// What a template may hold, as a way out.
constexpr std::string_view known_language = "expected {{name}}, {{date 'YYYYMMDD'}} or {{#if name}}…{{else}}…{{/if}}";

// Every slip in a template is a fault of `notes`, whether or not it would be rendered for this event. Error (usage):
// it can't be read.
Result<void> check_template(std::string_view text, const Names& names, const Origin& origin, Notes& notes);
// The same of `enable`, which must come to true or false.
Result<void> check_enable(std::string_view text, const Names& names, const Origin& origin, Notes& notes);

}
