using System.Net;

namespace Beam.Client;

/// <summary>Asks the server about a transfer without taking part in it.</summary>
internal sealed class StatusQuery(BeamHttp http, BeamLink link)
{
    /// <summary>Gets the status of the transfer, or how the last transfer of that name ended.</summary>
    /// <returns><see langword="null"/> when the server knows no such transfer.</returns>
    /// <exception cref="BeamException">The server does not know the token, or was not reached.</exception>
    public async Task<StatusBody?> GetStatusAsync(CancellationToken cancellationToken)
    {
        using var request = http.Request(HttpMethod.Get, link.Url, "?status");
        using var response = await http.AskAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return await http.ReadAsync(response, WireJson.Default.StatusBody, cancellationToken).ConfigureAwait(false);
        }

        var refused = await http.RefusedAsync(response, cancellationToken).ConfigureAwait(false);
        return refused.Code == "unknown_name" ? null : throw refused;
    }

    /// <summary>Gets the status, or <see langword="null"/> when the server cannot be asked.</summary>
    public async Task<StatusBody?> TryGetStatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await GetStatusAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BeamException)
        {
            return null;
        }
    }

    /// <summary>Gets the most bytes that the server takes in one request.</summary>
    /// <returns><see langword="null"/> when there is no limit, or when a proxy does not let the question pass.</returns>
    public async Task<long?> GetLimitAsync(CancellationToken cancellationToken)
    {
        using var request = http.Request(HttpMethod.Options, link.Url);
        using var response = await http.AskAsync(request, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? HttpFields.MaxAppendBytes(response) : null;
    }

    /// <summary>Gets what the headers of the file say.</summary>
    /// <returns><see langword="null"/> when its sender has not come.</returns>
    public async Task<BeamFile?> GetFileAsync(CancellationToken cancellationToken)
    {
        using var request = http.Request(HttpMethod.Head, link.Url);
        using var response = await http.AskAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => ReceivedHead.File(response, link.Name),
            HttpStatusCode.NotFound => null,
            _ => throw await http.RefusedAsync(response, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Says whether the server holds the whole file for receivers that come later.</summary>
    public async Task<bool> IsHandedInAsync(CancellationToken cancellationToken)
    {
        using var request = http.Request(HttpMethod.Head, link.Url);
        using var response = await http.AskAsync(request, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode && HttpFields.IsYes(response, HttpFields.UploadComplete);
    }

    /// <summary>Makes the receipt that did not arrive from the status of a transfer that is over.</summary>
    /// <exception cref="BeamException">The transfer has failed.</exception>
    public static ReceiptBody Receipt(StatusBody status) => status.Outcome == "failed"
        ? throw Failed(status)
        : new ReceiptBody(status.Outcome, status.Length ?? status.BytesReceived, status.Receivers, status.Sha256, ExpiresAt: null);

    /// <summary>Makes the exception for a transfer that has failed.</summary>
    public static BeamException Failed(StatusBody status)
    {
        var error = ErrorNames.Find(status.Error) ?? BeamError.Gone;
        return new BeamException(error, ErrorNames.Describe(error))
        {
            Code = status.Error,
            Receivers = ReceiverBody.ToReceipts(status.Receivers),
        };
    }
}
