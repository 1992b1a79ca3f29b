using System.Net;

namespace Beam.Server.Webhooks;

/// <summary>What came of posting an event once.</summary>
/// <param name="Status">The status; <see langword="null"/> when there was no answer.</param>
/// <param name="RetryAfter">How long the other side wants to be left alone; <see langword="null"/> when it did not say.</param>
internal readonly record struct WebhookAnswer(int? Status, TimeSpan? RetryAfter)
{
    public bool IsTaken => Status is >= 200 and < 300;

    /// <summary>Gets a value indicating whether another try may end better.</summary>
    public bool MayGoBetterLater
        => Status is null or >= 500 or (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests;
}
