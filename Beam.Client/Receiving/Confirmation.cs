using System.Net;

namespace Beam.Client;

/// <summary>Tells the server the digest of what has arrived, so that the sender hears that everything is there and right.</summary>
internal sealed class Confirmation(BeamHttp http, BeamLink link, string id)
{
    // The server notes within moments that the last byte has left. If it believes our connection dead, it never does.
    private static readonly TimeSpan EarlyFor = TimeSpan.FromSeconds(10);

    // A person may be waiting at a prompt for the program to end.
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);

    private readonly BackOff _backOff = new(http.Options);
    private readonly StatusQuery _statusQuery = new(http, link);
    private readonly long _since = http.TimeProvider.GetTimestamp();

    /// <summary>Confirms.</summary>
    /// <remarks>
    /// From the first request on, the sender may hear that the file is here. So a caller that cancels now waits a little for the answer.
    /// </remarks>
    /// <param name="sha256">The digest of what is here.</param>
    /// <param name="said">The digest that the server gave beforehand, if it did.</param>
    /// <param name="cancellationToken">Ends it, soon.</param>
    /// <returns>Whether the server has compared the digests, and whether it has taken our word.</returns>
    /// <exception cref="BeamException">The digests differ.</exception>
    public async Task<(bool IsVerified, bool IsConfirmed)> RunAsync(byte[] sha256, string? said, CancellationToken cancellationToken)
    {
        using var patience = new IdleWatch(http.Options, CancellationToken.None, LastPatience);
        var registration = cancellationToken.UnsafeRegister(static watch => ((IdleWatch)watch!).Restart(), patience);
        await using var _ = registration.ConfigureAwait(false);
        try
        {
            return await AskAsync(sha256, said, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    /// <summary>Tells the server that the file is not here, if it can be reached.</summary>
    public async Task DeclineAsync()
    {
        using var limit = new CancellationTokenSource(LastPatience, http.TimeProvider);
        using var request = http.Request(HttpMethod.Delete, link.Url, "?confirm=" + id);
        try
        {
            using var response = await http.SendAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BeamException or OperationCanceledException)
        {
            // The server finds out by itself, later.
        }
    }

    private async Task<(bool IsVerified, bool IsConfirmed)> AskAsync(byte[] sha256, string? said, CancellationToken cancellationToken)
    {
        var own = Convert.ToHexStringLower(sha256);
        while (true)
        {
            try
            {
                return await ConfirmAsync(sha256, own, said, cancellationToken).ConfigureAwait(false);
            }
            catch (BeamException exception) when (exception.IsPassing)
            {
                await _backOff.WaitAsync(exception, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<(bool IsVerified, bool IsConfirmed)> ConfirmAsync(
        byte[] sha256,
        string own,
        string? said,
        CancellationToken cancellationToken)
    {
        using var request = http.Request(HttpMethod.Post, link.Url, "?confirm=" + id);
        request.Headers.TryAddWithoutValidation(HttpFields.ReprDigest, HttpFields.Digest(sha256));
        request.Content = new ByteArrayContent([]);
        using var response = await http.AskAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            // A server that takes another digest than it has given has not compared them.
            return said is null || said == own ? (true, true) : throw Mismatch();
        }

        var refused = await http.RefusedAsync(response, cancellationToken).ConfigureAwait(false);
        if (refused.IsPassing)
        {
            throw refused;
        }

        var status = await _statusQuery.TryGetStatusAsync(cancellationToken).ConfigureAwait(false);
        if (refused.Code == "unknown_name"
            && status is { Outcome: null, State: "streaming" or "confirming" }
            && http.TimeProvider.GetElapsedTime(_since) < EarlyFor)
        {
            // All bytes are here before the server has noted that they have left.
            throw BeamHttp.Broken(refused);
        }

        // The server has nothing to compare with, or the end of the connection has told it first. It may still know the file's digest.
        var known = said ?? status?.Sha256;
        return refused.Error == BeamError.DigestMismatch || (known is not null && known != own)
            ? throw Mismatch(refused.Code)
            : (known is not null, false);
    }

    private static BeamException Mismatch(string? code = null)
        => new(BeamError.DigestMismatch, ErrorNames.Describe(BeamError.DigestMismatch)) { Code = code };
}
