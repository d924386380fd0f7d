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

    // In values, prefixes, suffixes, enable and labels.
    Result<std::string> render(std::string_view text, const Origin& origin) { return render(text, global_, origin); }
    // In the pattern of type=schedule: date and commit_date only.
    Result<std::string> render_dates(std::string_view text, const Origin& origin) {
        return render(text, dates_, origin);
    }
    Result<std::string> render(std::string_view text, const Names& names, const Origin& origin);

  private:
    Result<Value> date(const char* name, SystemTime instant, const Arguments* arguments);

    const Facts& facts_;
    Notes& notes_;
    Origin origin_; // of what is being rendered
    Names dates_, global_;
};

// In the pattern of type=semver and type=pep440.
Names version_names(const Semver& version, const std::string& raw);
Names version_names(const Pep440& version, const std::string& raw);

}
