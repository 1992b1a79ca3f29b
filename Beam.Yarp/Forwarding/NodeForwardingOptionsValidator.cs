using Beam.Tokens;
using Microsoft.Extensions.Options;

namespace Beam.Yarp.Forwarding;

/// <summary>Checks the options when the host starts.</summary>
internal sealed class NodeForwardingOptionsValidator(IOptions<BeamOptions> beam) : IValidateOptions<NodeForwardingOptions>
{
    private const int ShortestSecret = 32;

    public ValidateOptionsResult Validate(string? name, NodeForwardingOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (beam.Value.NodeId is null)
        {
            result.AddError(
                "A node that others forward to needs a name of its own.",
                $"{nameof(BeamOptions)}.{nameof(BeamOptions.NodeId)}");
        }

        if (options.Secret.Length < ShortestSecret)
        {
            result.AddError($"It must have at least {ShortestSecret} characters.", nameof(options.Secret));
        }

        if (options.ConnectTimeout < TimeSpan.FromMilliseconds(100) || options.ConnectTimeout > TimeSpan.FromMinutes(1))
        {
            result.AddError("It must be between 100 milliseconds and 1 minute.", nameof(options.ConnectTimeout));
        }

        foreach (var (node, address) in options.Nodes)
        {
            if (!NodeToken.IsNodeId(node))
            {
                result.AddError($"'{node}' is not the name of a node: lower-case letters, digits and hyphens.", nameof(options.Nodes));
            }
            else if (!NodeAddresses.IsAddress(address))
            {
                result.AddError($"'{address}' is not an http or https address without path, query and fragment.", nameof(options.Nodes));
            }
        }

        if (options.AddressTemplate is { } template && !NodeAddresses.IsTemplate(template))
        {
            result.AddError(
                $"'{template}' is not an http or https address without a path, with {{node}} as part of a host name.",
                nameof(options.AddressTemplate));
        }

        if (options.Nodes.Count == 0 && options.AddressTemplate is null)
        {
            result.AddError("It is empty, and there is no AddressTemplate either.", nameof(options.Nodes));
        }

        return result.Build();
    }
}
