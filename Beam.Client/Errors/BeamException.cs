using System.Net;

namespace Beam.Client;

/// <summary>An operation has failed, and <see cref="Error"/> says how. No message contains a token.</summary>
public sealed class BeamException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="error">How the operation failed.</param>
    /// <param name="message">A line for people.</param>
    /// <param name="innerException">What caused it, if anything.</param>
    public BeamException(BeamError error, string message, Exception? innerException = null)
        : base(message, innerException)
        => Error = error;

    /// <summary>Gets how the operation failed.</summary>
    public BeamError Error { get; }

    /// <summary>Gets the server's status, if it answered.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>Gets the server's own name of the error, such as <c>receiver_stalled</c>, if it gave a name.</summary>
    public string? Code { get; init; }

    /// <summary>Gets how long the server asks to wait before the next attempt, if it does.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets what became of each receiver of a file that was not delivered to all of them; otherwise empty.</summary>
    public IReadOnlyList<BeamReceiverReceipt> Receivers { get; init; } = [];

    /// <summary>Gets a value indicating whether the same request may succeed later, or over another connection.</summary>
    internal bool IsPassing => Error is BeamError.Broken or BeamError.Busy;
}
