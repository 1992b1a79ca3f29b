namespace Beam.AspNetCore.Pages;

/// <summary>What a browser shows when there is only an answer: a refusal, or the receipt of a form.</summary>
internal static class MessagePage
{
    /// <param name="title">The headline.</param>
    /// <param name="text">The answer.</param>
    /// <param name="tone"><c>idle</c>, <c>live</c>, <c>good</c> or <c>bad</c>.</param>
    /// <param name="link">How the page refers to the next page.</param>
    /// <param name="linkText">The text of that link.</param>
    public static Page Render(string title, string text, string tone, string link, string linkText) => new(title, $"""
        <section class="card"><h1>{title}</h1>
        <p class="state" data-state data-tone="{tone}">{text}</p>
        <p><a href="{link}">{linkText}</a></p></section>

        """);
}
