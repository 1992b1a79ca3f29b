using Microsoft.Extensions.Logging;

namespace Beam.Testing;

/// <summary>One captured log entry.</summary>
/// <param name="Level">How severe it is.</param>
/// <param name="Category">The logger's category.</param>
/// <param name="EventId">The event's id and name.</param>
/// <param name="Message">The formatted message.</param>
/// <param name="Exception">The exception that was logged with it.</param>
/// <param name="Values">The structured values, the message template included.</param>
/// <param name="Scopes">The scopes that were open, as text, outermost first.</param>
public sealed record LogEntry(
    LogLevel Level,
    string Category,
    EventId EventId,
    string Message,
    Exception? Exception,
    IReadOnlyList<KeyValuePair<string, object?>> Values,
    IReadOnlyList<string> Scopes)
{
    /// <summary>Whether <paramref name="text"/> occurs anywhere in the entry: message, values, scopes or exception.</summary>
    public bool Mentions(string text) =>
        Message.Contains(text, StringComparison.OrdinalIgnoreCase)
        || Values.Any(value => value.Value?.ToString()?.Contains(text, StringComparison.OrdinalIgnoreCase) is true)
        || Scopes.Any(scope => scope.Contains(text, StringComparison.OrdinalIgnoreCase))
        || Exception?.ToString().Contains(text, StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>The entry on one line, and its exception below.</summary>
    public override string ToString() =>
        $"{Level} {Category}[{EventId.Id} {EventId.Name}] {Message}{(Exception is null ? "" : "\n" + Exception)}";
}
