#pragma once
#include "smoke/hurl/values/dates.h"
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Cookies (RFC 6265) of one answer, and the cookies that a client keeps.
namespace fairlead::smoke::hurl {

// One Set-Cookie line. The attributes keep their order and values; their names are spelled as in the standard.
struct SetCookie {
    std::string name, value;
    std::vector<std::pair<std::string, std::string>> attributes;
    const std::string* attribute(std::string_view name) const; // null: absent
};
std::optional<SetCookie> parse_set_cookie(std::string_view line); // nothing: there is no name

// Parses the time of an attribute Expires (RFC 9110, 5.6.7, and the form with dashes); nothing: it is malformed.
std::optional<Moment> http_time(std::string_view text);

struct KeptCookie {
    std::string name = {}, value = {}, domain = {}, path = {};
    bool host_only = true, secure = false;
    std::optional<Moment> ends = {};
};

class CookieStore {
  public:
    // Keeps a cookie that `url` has sent, which may replace or remove an earlier cookie. Ignores cookies for another
    // host and for a whole top-level domain.
    void keep(const SetCookie& cookie, std::string_view url, Moment now);
    void keep(KeptCookie cookie, Moment now); // replaces an earlier cookie with the same name, domain and path
    void clear() { all_.clear(); }
    std::string header_for(std::string_view url, Moment now) const; // "a=1; b=2"; empty: no cookie

  private:
    std::vector<KeptCookie> all_;
};

}
