using System.Diagnostics.CodeAnalysis;

namespace Beam.Client;

/// <summary>The address of a channel, <c>{base}/{token}</c>, or of a file in it, <c>{base}/{token}/{name}</c>.</summary>
/// <remarks>
/// Everybody who knows it can do what its token allows. So <see cref="ToString"/> leaves the token out; <see cref="Url"/> contains it.
/// </remarks>
public sealed class BeamLink : IEquatable<BeamLink>
{
    /// <summary>Makes the address of a channel or of a file.</summary>
    /// <param name="baseAddress">Where Beam is mounted, with or without a slash at the end.</param>
    /// <param name="token">The token.</param>
    /// <param name="name">The name of the file, as people read it; <see langword="null"/> for the channel.</param>
    /// <exception cref="ArgumentException">
    /// The address is not absolute with http or https, or has a query or fragment; or the text is not a token; or the name is not valid. A
    /// name is 1 to 255 bytes of UTF-8 without control characters, <c>/</c> and <c>\</c>, and not <c>.</c> or <c>..</c>.
    /// </exception>
    public BeamLink(Uri baseAddress, string token, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        ArgumentException.ThrowIfNullOrEmpty(token);
        if (!baseAddress.IsAbsoluteUri
            || baseAddress.Scheme is not ("http" or "https")
            || baseAddress.Query.Length > 0
            || baseAddress.Fragment.Length > 0)
        {
            throw new ArgumentException(
                "The base address must be absolute, with http or https, and without query and fragment.",
                nameof(baseAddress));
        }

        if (!LinkText.IsToken(token))
        {
            throw new ArgumentException("This is not a token.", nameof(token));
        }

        if (name is not null && !LinkText.IsName(name))
        {
            throw new ArgumentException(
                "A name is 1 to 255 bytes of UTF-8 without control characters, '/' and '\\', and not '.' or '..'.",
                nameof(name));
        }

        BaseAddress = new Uri(baseAddress.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
        Token = token;
        Name = name;
        ChannelUrl = new Uri(BaseAddress, "./" + token);
        Url = name is null ? ChannelUrl : new Uri(ChannelUrl.AbsoluteUri + "/" + Uri.EscapeDataString(name));
    }

    /// <summary>Gets where Beam is mounted, with a slash at the end.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Gets the token: a secret.</summary>
    public string Token { get; }

    /// <summary>Gets the name of the file; <see langword="null"/> for a channel.</summary>
    public string? Name { get; }

    /// <summary>Gets the address itself, with the name percent-encoded. It contains the token.</summary>
    public Uri Url { get; }

    /// <summary>Gets the address of the channel. It contains the token.</summary>
    internal Uri ChannelUrl { get; }

    /// <summary>Reads an address as people pass it on.</summary>
    /// <param name="address">
    /// The address of a channel or a file. The token is the first part of the path that looks like a token. If no part does, the token is
    /// the last part but one, or the only part.
    /// </param>
    /// <returns>The link.</returns>
    /// <exception cref="FormatException">It is not such an address.</exception>
    public static BeamLink Parse(string address)
        => TryParse(address, out var link) ? link : throw new FormatException("This is not the address of a channel or a file.");

    /// <summary>Reads an address as people pass it on, as <see cref="Parse"/> does.</summary>
    /// <param name="address">The address of a channel or a file.</param>
    /// <param name="link">The link, when the text is such an address.</param>
    /// <returns>Whether the text is such an address.</returns>
    public static bool TryParse([NotNullWhen(true)] string? address, [NotNullWhen(true)] out BeamLink? link)
    {
        link = null;
        // A name before the host is there to be taken for the host: https://beam.example@evil.example/...
        if (!Uri.TryCreate(address?.Trim(), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || uri.UserInfo.Length > 0)
        {
            return false;
        }

        string[] parts = [.. uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        var at = LinkText.FindToken(parts);
        if (at < 0 || parts.Length - at > 2 || !LinkText.IsToken(parts[at]))
        {
            return false;
        }

        var name = parts.Length - at == 2 ? Uri.UnescapeDataString(parts[at + 1]) : null;
        if (name is not null && !LinkText.IsName(name))
        {
            return false;
        }

        var path = string.Concat(parts.Take(at).Select(static part => part + "/"));
        link = new BeamLink(new Uri(uri.GetLeftPart(UriPartial.Authority) + "/" + path), parts[at], name);
        return true;
    }

    /// <summary>The address of a file in the same channel.</summary>
    /// <param name="name">The name of the file, as people read it.</param>
    /// <returns>The link.</returns>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public BeamLink WithName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new BeamLink(BaseAddress, Token, name);
    }

    /// <summary>The link at another base address of the same server.</summary>
    /// <param name="baseAddress">Where Beam is mounted.</param>
    /// <returns>The link.</returns>
    public BeamLink At(Uri baseAddress) => new(baseAddress, Token, Name);

    /// <inheritdoc/>
    public bool Equals(BeamLink? other) => other is not null && Url.Equals(other.Url) && Token == other.Token;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BeamLink);

    /// <inheritdoc/>
    public override int GetHashCode() => Url.GetHashCode();

    /// <summary>The address without the token, for messages and logs.</summary>
    /// <returns>Such as <c>https://example.com/…/report.pdf</c>.</returns>
    public override string ToString() => $"{BaseAddress}…{(Name is null ? "" : "/" + Name)}";
}
