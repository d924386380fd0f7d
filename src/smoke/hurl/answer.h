#pragma once
#include "base/result.h"
#include "smoke/hurl/cookies.h"
#include "smoke/hurl/scope.h"
#include "smoke/hurl/syntax.h"
#include "sys/http/client.h"
#include <optional>
#include <string>
#include <vector>

// The facts of one answer, for captures and asserts.
namespace fairlead::smoke::hurl {

class Answer {
  public:
    sys::HttpResponse response;
    std::string url;                    // the last one, after redirects
    std::vector<Step> redirects;        // before this answer
    std::size_t body_limit = 8U << 20U; // without its encoding
    bool is_decoded = false;            // the body has no encoding, whatever the headers say
    bool names_have_blanks = false;     // of certificates: `C = DE` instead of `C=DE`

    std::vector<SetCookie> cookies() const;
    // Error (no): the reason alone.
    Result<const std::string*> bytes(); // the body without its encoding
    Result<const std::string*> text();  // as UTF-8, by the charset of its Content-Type
    Result<const Value*> json();
    std::string charset() const; // of Content-Type; empty: none
    bool is_html() const;

  private:
    std::optional<Result<std::string>> bytes_, text_;
    std::optional<Result<Value>> json_;
};

// Answers a query; nothing if the answer has no such thing. Error (no): the body can't be read as the query needs it.
// Error (usage): the script is wrong, such as an expression that is none. The place is that of the query's operand.
Result<std::optional<Value>> ask(const Query& query, Answer& answer, const Scope& scope, Coercion coercion,
                                 const File& file);

std::string text_of(const Query& query); // `jsonpath "$.id"`, for messages

}
