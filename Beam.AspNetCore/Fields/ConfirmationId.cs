using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Fields;

/// <summary>The name that a receiver gives itself when it confirms: <c>?confirm=ID</c>, in its download and in its confirmation.</summary>
internal static class ConfirmationId
{
    public const string Query = "confirm";

    public const string Rule = "confirm is empty, or up to 64 letters, digits, '-', '.', '_' and '~'.";

    private const int MaxLength = 64;

    /// <summary>Reads it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isAsked">Whether the receiver confirms.</param>
    /// <param name="id">Its name; <see langword="null"/> when it has none.</param>
    /// <returns><see langword="false"/> when it is not well-formed.</returns>
    public static bool TryRead(HttpRequest request, out bool isAsked, out string? id)
    {
        isAsked = request.Query.TryGetValue(Query, out var value);
        id = value.ToString() is { Length: > 0 } text ? text : null;
        return id is null || (id.Length <= MaxLength && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~'));
    }
}
