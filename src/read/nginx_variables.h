#pragma once
#include "read/nginx.h"
#include "read/nginx_regex.h"
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Where the values of nginx's variables come from: followed through set, map and the captures of regular expressions.
namespace fairlead::read {

struct NginxPart { // of a value: text, or a variable
    std::string text;
    std::string variable; // without $ and braces; "1": a capture's number
};
std::vector<NginxPart> nginx_parts(std::string_view value);

struct NginxContents {
    bool client = false;    // who sends the request chooses it, or a part of it
    Bytes may;              // bytes that this part can hold
    bool ends_host = false; // whatever it is, it begins with / or ?, or is empty
};

class NginxVariables { // the file has to outlive it
  public:
    explicit NginxVariables(const NginxFile& file);
    // Of a variable, as `user` sees it.
    NginxContents contents(std::string_view variable, const NginxDirective& user);
    // The parts of a value; a variable that one single `set` gives its value is replaced by that value's parts.
    std::vector<NginxPart> flat(std::string_view value, const NginxDirective& user) const;

  private:
    struct Source { // a set, map, or regular expression that gives the variable its value
        std::size_t directive;
        std::size_t group = 0; // of its expression; 0: its value
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

// The regular expression of a location, server_name, rewrite, if or an entry of map; empty: it has none.
std::string nginx_pattern(const NginxDirective& directive);

}
