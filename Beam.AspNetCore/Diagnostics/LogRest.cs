using System.Collections;
using System.Globalization;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>The entry that stands for others like it.</summary>
/// <param name="count">How many.</param>
/// <param name="message">The text of the first of them.</param>
internal sealed class LogRest(long count, string message) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Template = "{Count} more like this in the last minute: {Message}";

    public int Count => 3;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("Count", count),
        1 => new("Message", message),
        2 => new("{OriginalFormat}", Template),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{count} more like this in the last minute: {message}");

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
