using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Pages;

/// <summary>The frame of all pages. They load and run only files of Beam's own.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Content">What is on it.</param>
internal sealed record Page(string Title, Html Content)
{
    // The pages need no inline script or style, so nobody can smuggle one in. The last directive lets scripts write only text.
    private const string ContentSecurityPolicy
        = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
            + "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    /// <summary>Gets the script of the page, if it has one.</summary>
    public string? Script { get; init; }

    /// <summary>Gets a value indicating whether it has wide tables.</summary>
    public bool IsWide { get; init; }

    /// <summary>Answers with the page. Other clients get another answer at this address.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = "Accept, Sec-Fetch-Dest, User-Agent";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;

        // No stricter: a form of a page without a referrer would come from no origin. Beam would refuse it if the browser says no more.
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["X-Robots-Tag"] = "noindex";
        return TextResponse.WriteAsync(context, Render(PagePlace.Root(context)).ToString(), "text/html; charset=utf-8");
    }

    private Html Render(string root)
    {
        var assets = $"{root}-/{PageAssets.Version}/";
        var script = Script is null ? Html.None : (Html)$"""

            <script type="module" src="{assets}{Script}"></script>{PageAssets.ImportsOf(Script).Select(import => Preload(assets + import))}
            """;
        return $"""
            <!doctype html>
            <html lang="en" data-root="{root}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Title} · {Texts.Of("brand")}</title>
            <link rel="icon" href="{assets}icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="{assets}beam.css">{script}
            </head>
            <body{(IsWide ? (Html)$" class=\"wide\"" : Html.None)}>
            <a class="skip" href="#main">{Texts.Of("skip")}</a>
            <header><a class="brand" href="{root}"><svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect width="32" height="32" rx="8" fill="#3346c9"/>
            <path d="M7 11h11M14 16h11M7 21h11" stroke="#fff" stroke-width="3" stroke-linecap="round"/>
            </svg>{Texts.Of("brand")}</a></header>
            <main id="main">
            {Content}</main>
            <footer>{Texts.Of("tagline")}</footer>
            </body>
            </html>

            """;
    }

    // A browser learns of a module only from the modules that import it. Without preloading, each level would cost a round trip.
    private static Html Preload(string address) => $"""

        <link rel="modulepreload" href="{address}">
        """;
}
