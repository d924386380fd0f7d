#pragma once
#include "read/nginx/nginx.h"
#include "read/nginx/nginx_regex.h"
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Finds the sources of nginx's variables, through set, map and captures of regular expressions.
namespace fairlead::read {

struct NginxPart { // a part of a value: text, or a variable
    std::string text;
    std::string variable; // without $ and braces; "1" for a capture's number
};
std::vector<NginxPart> nginx_parts(std::string_view value);

struct NginxContents {
    bool client = false;    // the client chooses it, or a part of it
    Bytes may;              // bytes that it can contain
    bool ends_host = false; // it always begins with / or ?, or is empty
};

class NginxVariables { // the file must outlive this object
  public:
    explicit NginxVariables(const NginxFile& file);
    // Returns the contents of a variable where `user` uses it.
    NginxContents contents(std::string_view variable, const NginxDirective& user);
    // Returns the parts of a value. A variable with a single `set` is replaced by the parts of that value.
    std::vector<NginxPart> flat(std::string_view value, const NginxDirective& user) const;

  private:
    struct Source { // a set, map or regular expression that sets the variable
        std::size_t directive;
        std::size_t group = 0; // group of its expression; 0: its value
        std::string pattern;
    };
    void learn(std::size_t index);
    void learn_names(std::size_t index, std::string_view pattern);
    bool sees(const NginxDirective& user, std::size_t definition) const;
    std::vector<const Source*> sources(std::string_view variable, const NginxDirective& user) const;
    NginxContents of(std::string_view variable, const NginxDirective& user, int depth);
    NginxContents of_value(std::string_view value, const NginxDirective& user, int depth);
    NginxContents of_capture(std::size_t definition, const std::string& pattern, std::size_t group, int depth);
    NginxContents of_number(std::size_t group, const NginxDirective& user, int depth);
    NginxContents of_source(const Source& source, int depth);
    NginxContents of_map(const NginxDirective& map, int depth);

    const NginxFile& file_;
    std::map<std::string, std::vector<Source>, std::less<>> sources_;    // by variable
    std::map<std::pair<std::string, std::size_t>, NginxContents> known_; // by variable and block
    std::set<std::pair<std::string, std::size_t>> open_;
};

// Returns the regular expression of a location, server_name, rewrite, if or an entry of map; empty: the directive has
// no expression.
std::string nginx_pattern(const NginxDirective& directive);

}
