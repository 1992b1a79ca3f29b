using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>What makes log entries of a category alike: the event, the types of the exception and its cause, members of enums.</summary>
/// <param name="Event">The event's id.</param>
/// <param name="Level">The level.</param>
/// <param name="Exception">The exception's type; <see langword="null"/> without one.</param>
/// <param name="Cause">The type of the exception at the bottom.</param>
/// <param name="Members">Names of enum members. A reason for a failure is among them, and no value that a stranger chooses.</param>
internal readonly record struct LogKind(int Event, LogLevel Level, Type? Exception, Type? Cause, string Members)
{
    public static LogKind Of<TState>(LogLevel level, EventId eventId, TState state, Exception? exception)
        => new(eventId.Id, level, exception?.GetType(), exception?.GetBaseException().GetType(), MembersOf(state));

    private static string MembersOf<TState>(TState state)
        => state is IReadOnlyList<KeyValuePair<string, object?>> values
            ? string.Join(' ', values.Select(static value => value.Value).OfType<Enum>())
            : "";
}
