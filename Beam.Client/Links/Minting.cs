using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Beam.Client;

/// <summary>Mints tokens.</summary>
internal sealed class Minting(BeamHttp http)
{
    public Task<BeamToken> MintAsync(CancellationToken cancellationToken)
    {
        var baseAddress = new Uri(http.BaseAddress.AbsoluteUri.TrimEnd('/') + "/");
        var request = http.Request(HttpMethod.Post, new Uri(baseAddress, "token"));
        AddKey(request);
        return MintAsync(request, baseAddress, cancellationToken);
    }

    public Task<BeamToken> MintAsync(
        BeamLink channel,
        BeamRights rights,
        int? uses,
        TimeSpan? lifetime,
        CancellationToken cancellationToken)
    {
        var query = new StringBuilder("?rights=").Append(rights switch
        {
            BeamRights.Send => "send",
            BeamRights.Receive => "receive",
            BeamRights.Send | BeamRights.Receive => "send,receive",
            _ => throw new ArgumentOutOfRangeException(nameof(rights), rights, "A token must have a right."),
        });
        if (uses is { } count)
        {
            query.Append(CultureInfo.InvariantCulture, $"&uses={count}");
        }

        if (lifetime is { } life)
        {
            query.Append(CultureInfo.InvariantCulture, $"&lifetime={(long)life.TotalSeconds}");
        }

        var url = new Uri(channel.ChannelUrl.AbsoluteUri + "/-/token");
        var request = http.Request(HttpMethod.Post, url, query.ToString());
        if (http.IsOwn(channel.BaseAddress))
        {
            AddKey(request);
        }

        return MintAsync(request, channel.BaseAddress, cancellationToken);
    }

    private void AddKey(HttpRequestMessage request)
    {
        if (http.Options.AccessKey is { } key)
        {
            var address = request.RequestUri!;
            if (!http.Options.MayShowKeyTo(address))
            {
                throw new InvalidOperationException(
                    $"The access key would travel to {address.Authority} over plain HTTP, where everybody on the way can read it. "
                    + "Use https, or set BeamClientOptions.AllowKeyOverHttp.");
            }

            // Like `curl -u :KEY`: a key may have letters that a bearer token may not.
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(":" + key));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        }
    }

    private async Task<BeamToken> MintAsync(HttpRequestMessage mint, Uri baseAddress, CancellationToken cancellationToken)
    {
        using var request = mint;
        using var response = await http.AskAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw await http.RefusedAsync(response, cancellationToken).ConfigureAwait(false);
        }

        var body = await http.ReadAsync(response, WireJson.Default.TokenBody, cancellationToken).ConfigureAwait(false);
        if (body.Token is not { } token || !LinkText.IsToken(token))
        {
            throw BeamHttp.NotBeam(response);
        }

        var link = new BeamLink(baseAddress, token);
        var rights = (body.Rights ?? []).Aggregate(BeamRights.None, static (all, right) => all | Right(right));
        return new BeamToken(link, Public(body.Url, token, response) ?? link, rights, body.ExpiresAt, body.UsesLeft);
    }

    private static BeamRights Right(string name) => name switch
    {
        "send" => BeamRights.Send,
        "receive" => BeamRights.Receive,
        _ => BeamRights.None,
    };

    /// <summary>The link at the address that the server gives to others.</summary>
    /// <returns><see langword="null"/> when it gives none.</returns>
    /// <exception cref="BeamException">It gives something that is none.</exception>
    private static BeamLink? Public(Uri? url, string token, HttpResponseMessage response)
        => url is null ? null
            : url is { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }
                && url.AbsoluteUri.EndsWith("/" + token, StringComparison.Ordinal)
            ? new BeamLink(new Uri(url.AbsoluteUri[..^token.Length]), token)
            : throw BeamHttp.NotBeam(response);
}
