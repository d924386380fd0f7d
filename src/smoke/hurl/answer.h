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
    std::string url;                    // the last URL, after redirects
    std::vector<Step> redirects;        // the redirects before this answer
    std::size_t body_limit = 8U << 20U; // for the decoded body
    bool is_decoded = false;            // the body is already decoded, whatever the headers say
    bool names_have_blanks = false;     // in certificates: `C = DE` instead of `C=DE`

    std::vector<SetCookie> cookies() const;
    // Error (no): the message is only the reason.
    Result<const std::string*> bytes(); // the decoded body
    Result<const std::string*> text();  // as UTF-8, by the charset of its Content-Type
    Result<const Value*> json();
    std::string charset() const; // of Content-Type; empty: none
    bool is_html() const;

  private:
    std::optional<Result<std::string>> bytes_, text_;
    std::optional<Result<Value>> json_;
};

// Returns the result of a query; nothing if the answer doesn't have it. Error (no): the body isn't in the form that the
// query needs. Error (usage): the script is wrong, for example an invalid expression. The place is the query's operand.
Result<std::optional<Value>> ask(const Query& query, Answer& answer, const Scope& scope, Coercion coercion,
                                 const File& file);

std::string text_of(const Query& query); // `jsonpath "$.id"`, for messages

}
