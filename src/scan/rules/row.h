#pragma once
#include "scan/rules/check.h"
#include <algorithm>
#include <initializer_list>

// Makes rows of kinds that only differ in their values.
namespace fairlead::scan {

using Keywords = std::initializer_list<std::string_view>;

// A token that is recognised by its beginning.
consteval Rule token(std::string_view id, std::string_view title, std::string_view issuer, Keywords keywords,
                     std::string_view pattern, std::string_view hit, std::string_view miss) {
    Rule rule{.id = id, .title = title, .issuer = issuer, .pattern = pattern, .entropy = 2.5, .hits = {hit}};
    std::copy(keywords.begin(), keywords.end(), rule.keywords);
    rule.misses[0] = miss;
    return rule;
}

// A secret that looks like many other values, so it is only recognised under a name that contains the service's.
consteval Rule under(std::string_view id, std::string_view title, std::string_view issuer, Keywords names,
                     std::string_view pattern, std::string_view hit, std::string_view miss) {
    Rule rule = token(id, title, issuer, names, pattern, hit, miss);
    rule.shape = Shape::near;
    rule.check = check_named;
    return rule;
}

// An id of an account, a client or an application, which gives no access alone.
consteval Rule identifier(std::string_view id, std::string_view title, std::string_view issuer, Keywords names,
                          std::string_view pattern, std::string_view hit, std::string_view miss) {
    Rule rule = token(id, title, issuer, names, pattern, hit, miss);
    rule.shape = Shape::near;
    rule.opens = Opens::nothing_alone;
    rule.entropy = 2;
    return rule;
}

// A key that every visitor gets, recognised by its beginning.
consteval Rule public_token(std::string_view id, std::string_view title, std::string_view issuer, Keywords keywords,
                            std::string_view pattern, std::string_view hit, std::string_view miss) {
    Rule rule = token(id, title, issuer, keywords, pattern, hit, miss);
    rule.opens = Opens::nothing_alone;
    return rule;
}

}
