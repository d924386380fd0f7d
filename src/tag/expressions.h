#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include "tag/source/facts.h"
#include "tag/template/template.h"
#include "tag/version/pep440.h"
#include "tag/version/semver.h"

// Defines the names for templates, renders templates, and notes everything suspicious.
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
    Origin origin_; // of the template that is being rendered
    Names dates_, global_;
};

// Return the names for the pattern of type=semver and type=pep440.
Names version_names(const Semver& version, const std::string& raw);
Names version_names(const Pep440& version, const std::string& raw);

// The allowed expressions, as an error's way out.
constexpr std::string_view known_language = "expected {{name}}, {{date 'YYYYMMDD'}} or {{#if name}}…{{else}}…{{/if}}";

// Adds every mistake in a template to `notes` as a fault, even if this event would not render it. Error (usage): the
// template can't be read.
Result<void> check_template(std::string_view text, const Names& names, const Origin& origin, Notes& notes);
// Does the same for `enable`, which must render to true or false.
Result<void> check_enable(std::string_view text, const Names& names, const Origin& origin, Notes& notes);

}
